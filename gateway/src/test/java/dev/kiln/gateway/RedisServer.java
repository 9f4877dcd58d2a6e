package dev.kiln.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A redis-server of a test's own, on a Unix socket in a directory of its own, with the launcher's
 * settings.
 */
public final class RedisServer implements AutoCloseable {

  private static final int START_SECONDS = 10;

  private final Path directory;
  private @Nullable Process process;

  /** Starts it. */
  public RedisServer() {
    try {
      directory = Files.createTempDirectory("kiln-redis");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start();
  }

  /** Returns what {@code kiln.redis.url} is set to. */
  public String url() {
    return "redis-socket://" + socket();
  }

  private Path socket() {
    return directory.resolve("redis.sock");
  }

  /** Starts it again with the data that it had. */
  public void start() {
    try {
      Files.deleteIfExists(socket());
      process =
          new ProcessBuilder(
                  List.of(
                      "redis-server",
                      "--port",
                      "0",
                      "--unixsocket",
                      socket().toString(),
                      "--dir",
                      directory.toString(),
                      "--appendonly",
                      "yes",
                      "--appendfsync",
                      "always",
                      "--save",
                      ""))
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
      while (!Files.exists(socket())) {
        if (System.nanoTime() - deadline > 0) {
          throw new IllegalStateException(
              "redis-server did not start: " + Files.readString(directory.resolve("log")));
        }
        Thread.onSpinWait();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills it, as a crash would. */
  public void kill() {
    if (process != null) {
      process.destroyForcibly();
      process.onExit().join();
    }
  }

  @Override
  public void close() {
    kill();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
