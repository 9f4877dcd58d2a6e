package dev.kiln.image.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program of the host to its end, with nothing in its environment but what is given. */
final class HostCommand {

  private static final long TIMEOUT_SECONDS = 300;

  private HostCommand() {}

  /**
   * What a command said.
   *
   * @param status its exit status
   * @param output its standard output and error
   */
  record Result(int status, String output) {}

  /** Runs {@code command} and returns what it said. */
  static Result run(List<String> command, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().putAll(environment);
    Process process = builder.start();
    endInTime(process);
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while waiting for " + command.get(0), e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Kills a process that does not end by itself, which also ends what reads its output. */
  private static void endInTime(Process process) {
    process
        .onExit()
        .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .whenComplete(
            (ended, late) -> {
              if (late != null) {
                process.destroyForcibly();
              }
            });
  }
}
