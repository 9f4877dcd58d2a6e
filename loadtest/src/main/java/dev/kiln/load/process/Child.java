package dev.kiln.load.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server that was started for a benchmark. Its messages go to a file, whose end is shown when it
 * fails. It is asked to stop before it is killed.
 */
public final class Child implements AutoCloseable {

  private static final int SHOWN_LINES = 20;

  private final String name;
  private final Process process;
  private final Path log;
  private final Duration grace;

  private Child(String name, Process process, Path log, Duration grace) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.grace = grace;
  }

  /**
   * Starts a process whose standard input is empty.
   *
   * @param name what messages call it
   * @param builder command, directory and environment
   * @param log where its output goes
   * @param grace how long it may take to stop
   */
  public static Child start(String name, ProcessBuilder builder, Path log, Duration grace) {
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      builder
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      return new Child(name, builder.start(), log, grace);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + name, e);
    }
  }

  /** Returns whether it still runs. */
  public boolean running() {
    return process.isAlive();
  }

  /** Returns the last lines that it wrote. */
  public String lastLines() {
    try {
      List<String> lines =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      return String.join(
          "\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    } catch (IOException e) {
      return "(" + log + " cannot be read: " + e.getMessage() + ")";
    }
  }

  /** Waits until {@code ready} or fails with what the process wrote. */
  public void awaitReady(Readiness ready, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!ready.ask()) {
      if (!running()) {
        throw new IllegalStateException(name + " ended while starting:\n" + lastLines());
      }
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            name + " is not ready after " + limit.toSeconds() + " s:\n" + lastLines());
      }
      Thread.sleep(50);
    }
  }

  /** Tells whether a server is ready. */
  public interface Readiness {

    /** Returns whether it is ready now. */
    boolean ask() throws InterruptedException;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
