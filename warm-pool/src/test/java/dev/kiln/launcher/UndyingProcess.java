package dev.kiln.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A process that stays in its control groups when it is killed, until it is let go ({@code
 * undying.c}). A frozen one would not do: the unified freezer lets go of what is killed.
 */
final class UndyingProcess implements AutoCloseable {

  private static final Path PROGRAM = Path.of("target/c/undying").toAbsolutePath();
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");
  private static final Path UNIFIED_BESIDE_OTHERS = GROUPS.resolve("unified");

  private final Process tracer;
  private final String pid;

  private UndyingProcess(Process tracer, String pid) {
    this.tracer = tracer;
    this.pid = pid;
  }

  static UndyingProcess start() throws IOException {
    Process tracer =
        new ProcessBuilder(PROGRAM.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader output = tracer.inputReader();
    String pid = output.readLine();
    if (pid == null) {
      throw new AssertionError("no process can be held: its error is above");
    }
    return new UndyingProcess(tracer, pid);
  }

  String pid() {
    return pid;
  }

  /** Joins the v2 group that another process is in. */
  void joinGroupOf(ProcessHandle other) throws IOException {
    String group =
        Files.readAllLines(Path.of("/proc/" + other.pid() + "/cgroup")).stream()
            .filter(line -> line.startsWith("0::/"))
            .map(line -> line.substring("0::/".length()))
            .findFirst()
            .orElseThrow();
    Path root = Files.isDirectory(UNIFIED_BESIDE_OTHERS) ? UNIFIED_BESIDE_OTHERS : GROUPS;
    Files.writeString(root.resolve(group).resolve("cgroup.procs"), pid);
  }

  /** Lets it end if it was killed. */
  void letGo() throws IOException {
    tracer.getOutputStream().close();
  }

  @Override
  public void close() throws IOException {
    letGo();
    tracer.onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
