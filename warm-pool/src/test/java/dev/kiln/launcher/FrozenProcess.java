package dev.kiln.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A process that does not die when it is killed, until it is thawed: the v1 freezer holds it. */
final class FrozenProcess implements AutoCloseable {

  private static final Path FREEZER = Path.of("/sys/fs/cgroup/freezer");
  private static final Path UNIFIED = Path.of("/sys/fs/cgroup/unified");

  private final Process process;
  private final Path group;

  private FrozenProcess(Process process, Path group) {
    this.process = process;
    this.group = group;
  }

  static boolean possible() {
    return Files.isWritable(FREEZER.resolve("cgroup.procs"))
        && Files.isWritable(UNIFIED.resolve("cgroup.procs"));
  }

  static FrozenProcess start() throws IOException {
    Path group = Files.createTempDirectory(FREEZER, "kiln-test-");
    return new FrozenProcess(new ProcessBuilder("sleep", "3600").start(), group);
  }

  long pid() {
    return process.pid();
  }

  /** Joins the v2 group that another process is in, and freezes. */
  void joinGroupOf(ProcessHandle other) throws IOException {
    String path =
        Files.readAllLines(Path.of("/proc/" + other.pid() + "/cgroup")).stream()
            .filter(line -> line.startsWith("0::/"))
            .map(line -> line.substring("0::/".length()))
            .findFirst()
            .orElseThrow();
    write(UNIFIED.resolve(path).resolve("cgroup.procs"), String.valueOf(pid()));
    write(group.resolve("cgroup.procs"), String.valueOf(pid()));
    write(group.resolve("freezer.state"), "FROZEN");
  }

  void thaw() throws IOException {
    write(group.resolve("freezer.state"), "THAWED");
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  @Override
  public void close() throws IOException {
    thaw();
    process.destroyForcibly();
    process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    Files.delete(group);
  }
}
