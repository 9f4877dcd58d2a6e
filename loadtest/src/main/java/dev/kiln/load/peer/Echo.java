package dev.kiln.load.peer;

import dev.kiln.load.process.Checkout;
import dev.kiln.load.process.Child;
import dev.kiln.load.process.FreePort;
import dev.kiln.load.run.Request;
import dev.kiln.load.run.Target;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The bare Quarkus REST echo, with the options of the gateway's virtual machine. */
public final class Echo implements AutoCloseable {

  private final Child child;
  private final Target target;

  private Echo(Child child, Target target) {
    this.child = child;
    this.target = target;
  }

  /** Starts it and waits until it listens. */
  public static Echo start(Checkout checkout, Path log) throws InterruptedException {
    Target target = new Target("127.0.0.1", FreePort.find());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(checkout.jvmOptions());
    command.add("-Dquarkus.http.port=" + target.port());
    command.add("-jar");
    command.add(checkout.echoJar().toString());
    Child child = Child.start("echo", new ProcessBuilder(command), log, Duration.ofSeconds(5));
    try {
      child.awaitReady(() -> listens(target), Duration.ofSeconds(30));
    } catch (RuntimeException | InterruptedException e) {
      child.close();
      throw e;
    }
    return new Echo(child, target);
  }

  /** Returns where it listens. */
  public Target target() {
    return target;
  }

  /** Returns the call that it echoes. */
  public Request request(String json) {
    return Request.postJson(target, "/echo", json);
  }

  private static boolean listens(Target target) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(target.host(), target.port()), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    child.close();
  }
}
