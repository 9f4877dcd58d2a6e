package dev.kiln.load.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The checkout that the benchmark runs from: where Kiln's start script, the echo and the gateway's
 * options are.
 *
 * @param root its top folder
 */
public record Checkout(Path root) {

  /** Returns the start script. */
  public Path startScript() {
    return existing("deploy/bin/kiln");
  }

  /** Returns the built echo application. */
  public Path echoJar() {
    return existing("loadtest/echo/target/quarkus-app/quarkus-run.jar");
  }

  /** Returns the options that the gateway's virtual machine runs with. */
  public List<String> jvmOptions() {
    try {
      return Files.readString(existing("deploy/jvm.options"))
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .flatMap(line -> List.of(line.split("\\s+")).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path existing(String path) {
    Path file = root.resolve(path);
    if (!Files.exists(file)) {
      throw new IllegalStateException(
          file + " is missing; build first, or name the checkout with --checkout");
    }
    return file;
  }
}
