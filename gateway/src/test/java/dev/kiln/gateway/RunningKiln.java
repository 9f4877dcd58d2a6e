package dev.kiln.gateway;

import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * The packaged gateway, started through the launcher as users start it: unprivileged, with Redis
 * and the Python runtime, in a home of its own.
 */
final class RunningKiln implements AutoCloseable {

  private static final Path BUILT = Path.of("target").toAbsolutePath();
  private static final Path ENGINE = Path.of("../warm-pool/target").toAbsolutePath().normalize();
  private static final Duration START = Duration.ofMinutes(2);
  private static final int END_SECONDS = 60;

  private final Path home;
  private final Path output;
  private final int port;
  private final Process launcher;

  private RunningKiln(Path home, Path output, int port, Process launcher) {
    this.home = home;
    this.output = output;
    this.port = port;
    this.launcher = launcher;
  }

  /** Starts one with its state in {@code home}, and waits until it is ready. */
  static RunningKiln start(Path home, String... settings) {
    RunningKiln kiln = launch(home, freePort(), settings);
    kiln.awaitReady();
    return kiln;
  }

  /** Starts one that is to listen on {@code port}, and waits for nothing. */
  static RunningKiln launch(Path home, int port, String... settings) {
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "needs root: it starts a launcher");
    try {
      Files.createDirectories(home);
      Path output = Files.createTempFile(BUILT, "kiln-", ".log");
      Process launcher =
          new ProcessBuilder(command(home, port, settings))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      return new RunningKiln(home, output, port, launcher);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(Path home, int port, String... settings) {
    Path images = ENGINE.resolve("kiln-home/images");
    List<String> command =
        new ArrayList<>(
            List.of(
                ENGINE.resolve("c/launcher").toString(),
                "--home",
                home.toString(),
                "--slots",
                "48",
                "--runtime",
                "python3.11=" + images.resolve("python3.11/rootfs"),
                "--redis",
                "/usr/bin/redis-server",
                "--bind",
                BUILT.resolve("quarkus-app") + ":/kiln/app",
                "--bind",
                images + ":/kiln/images",
                "--",
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-XX:-UseContainerSupport",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Dquarkus.http.port=" + port));
    Arrays.stream(settings).map(setting -> "-D" + setting).forEach(command::add);
    command.addAll(List.of("-jar", "/kiln/app/quarkus-run.jar"));
    return command;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() {
    try {
      Gateways.await("ready", START, () -> !launcher.isAlive() || isReady());
      if (!launcher.isAlive()) {
        throw new AssertionError("It ended");
      }
    } catch (AssertionError e) {
      close();
      throw new AssertionError("Kiln did not start:\n" + output(), e);
    }
  }

  boolean isReady() {
    try {
      HttpURLConnection ready =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + "/q/health/ready").toURL().openConnection();
      return ready.getResponseCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Starts a request to this Kiln. */
  RequestSpecification given() {
    return RestAssured.given().baseUri("http://127.0.0.1").port(port);
  }

  int port() {
    return port;
  }

  Path home() {
    return home;
  }

  /** Returns all that launcher, gateway and Redis printed. */
  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the launcher's descendant whose process is called {@code name}, as a crash would. */
  void kill(String name) {
    launcher
        .descendants()
        .filter(process -> name.equals(nameOf(process)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No process is called " + name))
        .destroyForcibly();
  }

  void terminate() {
    launcher.destroy();
  }

  void killLauncher() {
    launcher.destroyForcibly();
  }

  List<ProcessHandle> processes() {
    return launcher.descendants().toList();
  }

  int awaitExit() {
    try {
      if (!launcher.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("The launcher does not end");
      }
      return launcher.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Returns whether a process lives; one that nobody has reaped does not. */
  static boolean lives(ProcessHandle process) {
    try {
      return process.isAlive()
          && !Files.readString(Path.of("/proc/" + process.pid() + "/stat")).contains(") Z ");
    } catch (IOException e) {
      return false;
    }
  }

  private static String nameOf(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/comm")).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** Stops it as users do. */
  @Override
  public void close() {
    if (launcher.isAlive()) {
      launcher.destroy();
      awaitExit();
    }
  }
}
