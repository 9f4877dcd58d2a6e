package dev.kiln.load.peer;

import dev.kiln.load.kiln.FunctionCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code crun run} of the interpreter, the root and the handler that Kiln runs. crun 1.8 refuses
 * hosts that have a v2 tree beside v1 controllers, so it runs in a mount namespace where that tree
 * is out of sight.
 */
public final class Crun implements AutoCloseable {

  private static final String UNMOUNT_THEN =
      "umount /sys/fs/cgroup/unified 2>/dev/null; exec \"$@\"";

  private final Process process;
  private final BufferedReader results;
  private final Writer requests;

  private Crun(Process process) {
    this.process = process;
    this.results =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.requests = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII);
  }

  /**
   * How long one run took.
   *
   * @param answeredNanos until the answer came
   * @param endedNanos until everything was gone again
   */
  public record Timing(long answeredNanos, long endedNanos) {}

  /** Returns whether crun is installed. */
  public static boolean installed() {
    return List.of("/usr/bin/crun", "/usr/local/bin/crun").stream()
        .map(Path::of)
        .anyMatch(Files::isExecutable);
  }

  /**
   * Prepares runs.
   *
   * @param folder for the bundle and crun's state
   * @param rootfs root file system of Kiln's Python runtime
   */
  public static Crun start(Path folder, Path rootfs) {
    CrunBundle bundle =
        CrunBundle.write(folder, rootfs, FunctionCode.LOGGING.source("crun"), FunctionCode.EVENT);
    List<String> command =
        List.of(
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            UNMOUNT_THEN,
            "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx32m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djdk.lang.Process.launchMechanism=VFORK",
            "-cp",
            System.getProperty("java.class.path"),
            CrunLoop.class.getName(),
            bundle.folder().toString());
    try {
      return new Crun(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start crun's loop", e);
    }
  }

  /** Runs the handler once. */
  public Timing run() {
    try {
      requests.write("run\n");
      requests.flush();
      String line = results.readLine();
      if (line == null || line.startsWith("failed")) {
        throw new IllegalStateException("crun run: " + line);
      }
      String[] times = line.split(" ");
      return new Timing(Long.parseLong(times[0]), Long.parseLong(times[1]));
    } catch (IOException e) {
      throw new UncheckedIOException("crun's loop does not answer", e);
    }
  }

  @Override
  public void close() {
    try {
      requests.close();
      process.waitFor();
    } catch (IOException e) {
      process.destroy();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
    }
  }
}
