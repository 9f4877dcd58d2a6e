package dev.kiln.launcher;

import dev.kiln.launcher.RawGateway.Answer;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The command of launchers that {@link LauncherLifeTest} starts: it takes the gateway's place, does
 * as its argument says and tells it on standard output.
 */
final class LifeGateway {

  private static final int PROBE = 0;
  private static final int SANDBOXES = 5;
  private static final UnixDomainSocketAddress REDIS =
      UnixDomainSocketAddress.of("/kiln/run/redis.sock");

  private LifeGateway() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments[0].equals("redis")) {
      useRedis();
      return;
    }
    RawGateway gateway = new RawGateway();
    gateway.greet(PROBE);
    switch (arguments[0]) {
      case "serve" -> serve(gateway);
      case "insist" -> insist(gateway);
      case "deaf" -> askWithoutListening(gateway);
      case "hang-up" -> hangUp(gateway);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  /** Keeps sandboxes, and spawns them anew each time their zygote has come back. */
  private static void serve(RawGateway gateway) {
    while (true) {
      List<Probe> probes = new ArrayList<>();
      for (int slot = 0; slot < SANDBOXES; slot++) {
        probes.add(gateway.spawn(slot, PROBE));
      }
      say("serving");
      gateway.awaitUnasked(Operation.ZYGOTE_DOWN, Integer.MAX_VALUE);
      say("down");
      awaitUp(gateway);
      say("alive " + probes.stream().filter(Probe::isAlive).count());
      for (Probe probe : probes) {
        gateway.ask(Operation.KILL, probe.id());
        say("exited " + gateway.awaitUnasked(Operation.EXITED).word(0));
        probe.close();
      }
    }
  }

  /** Asks for a sandbox until there is one. */
  private static void insist(RawGateway gateway) throws InterruptedException {
    Answer answer = gateway.askToSpawn(0, PROBE);
    while (answer.result() != 0) {
      say("refused: " + answer.step() + ": " + answer.errno());
      Thread.sleep(20);
      answer = gateway.askToSpawn(0, PROBE);
    }
    say("serving");
    Thread.sleep(Long.MAX_VALUE);
  }

  private static void awaitUp(RawGateway gateway) {
    Answer up = gateway.awaitUnasked(Operation.ZYGOTE_UP);
    while (up.word(0) != PROBE) {
      up = gateway.awaitUnasked(Operation.ZYGOTE_UP);
    }
  }

  private static void askWithoutListening(RawGateway gateway) throws InterruptedException {
    say("deaf");
    while (gateway.sendUnheard(Operation.STAT)) {
      Thread.onSpinWait();
    }
    Thread.sleep(Long.MAX_VALUE);
  }

  private static void hangUp(RawGateway gateway) throws InterruptedException {
    gateway.spawn(0, PROBE);
    gateway.close();
    say("hung up");
    Thread.sleep(500);
    System.exit(5);
  }

  /** Connects again whenever Redis has gone, and tells what it answers to whom the gateway is. */
  private static void useRedis() throws IOException, InterruptedException {
    while (true) {
      try (SocketChannel redis = SocketChannel.open(REDIS)) {
        String set = ask(redis, "SET key value");
        if (set.startsWith("-LOADING")) {
          Thread.sleep(20);
          continue;
        }
        say("to set: " + set);
        say("to config: " + ask(redis, "CONFIG GET dir"));
        say("to module: " + ask(redis, "MODULE LIST"));
        say("to script: " + ask(redis, "EVAL return 0"));
        redis.read(ByteBuffer.allocate(1)); // until its end
      } catch (SocketException notYet) {
        Thread.sleep(20);
      }
    }
  }

  private static String ask(SocketChannel redis, String command) throws IOException {
    redis.write(ByteBuffer.wrap((command + "\r\n").getBytes(StandardCharsets.UTF_8)));
    ByteBuffer answer = ByteBuffer.allocate(4096);
    redis.read(answer);
    return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8).strip();
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
