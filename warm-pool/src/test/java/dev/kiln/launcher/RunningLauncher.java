package dev.kiln.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A launcher that a test, as root, has started with {@link LifeGateway} for its gateway. */
final class RunningLauncher implements AutoCloseable {

  private static final Path BUILT = Path.of("target").toAbsolutePath();
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");
  private static final int TIMEOUT_SECONDS = 60;

  /** Comes after its last line. */
  private static final String END = "\0";

  private final Path home;
  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private RunningLauncher(Path home, Process process) {
    this.home = home;
    this.process = process;
    Thread reader = new Thread(this::readLines, "launcher-output");
    reader.setDaemon(true);
    reader.start();
  }

  static RunningLauncher start(Path home, Path root, String mode, String... options)
      throws IOException {
    return start(List.of(), home, root, mode, options);
  }

  /** Starts one that the first {@code count} network namespaces are refused to. */
  static RunningLauncher startRefused(int count, Path home, String mode) throws IOException {
    List<String> refusing = List.of(BUILT.resolve("c/refusing").toString(), String.valueOf(count));
    return start(refusing, home, probeRoot(), mode);
  }

  private static RunningLauncher start(
      List<String> before, Path home, Path root, String mode, String... options)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(BUILT.resolve("c/launcher").toString());
    command.addAll(
        List.of("--home", home.toString(), "--slots", "8", "--runtime", "probe=" + root));
    for (String directory : List.of("basedir", "localRepository")) { // Surefire tells both
      command.addAll(List.of("--bind", System.getProperty(directory)));
    }
    command.addAll(List.of(options));
    command.addAll(List.of("--", System.getProperty("java.home") + "/bin/java"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(LifeGateway.class.getName(), mode));
    return new RunningLauncher(home, new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  static Path probeRoot() {
    return BUILT.resolve("probe-root");
  }

  private void readLines() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add(e.toString());
    } finally {
      lines.add(END);
    }
  }

  /** Waits for a line that contains {@code part} and returns it; earlier ones are forgotten. */
  String awaitLine(String part) throws InterruptedException {
    List<String> others = new ArrayList<>();
    String line = lines.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    while (line != null && !line.equals(END) && !line.contains(part)) {
      others.add(line);
      line = lines.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
    if (line == null || line.equals(END)) {
      throw new AssertionError("the launcher does not say \"" + part + "\" but " + others);
    }
    return line;
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Returns the one living process of this launcher's that bears this name. */
  ProcessHandle descendant(String name) {
    return handle()
        .descendants()
        .filter(candidate -> name.equals(nameOf(candidate)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no process is called " + name));
  }

  private static @Nullable String nameOf(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/comm")).strip();
    } catch (IOException gone) {
      return null;
    }
  }

  /** Kills without warning, as a crash or the kernel would. */
  static void kill(ProcessHandle victim) {
    victim.destroyForcibly();
  }

  void terminate() {
    process.destroy();
  }

  int awaitExit() throws InterruptedException {
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the launcher does not end");
    }
    return process.exitValue();
  }

  /** Waits until none of these is left but as a zombie that its parent has yet to reap. */
  static void awaitDead(List<ProcessHandle> processes) throws InterruptedException {
    for (ProcessHandle process : processes) {
      for (int i = 0; process.isAlive() && !isZombie(process); i++) {
        if (i == TIMEOUT_SECONDS * 100) {
          throw new AssertionError(process.pid() + " " + nameOf(process) + " lives on");
        }
        Thread.sleep(10);
      }
    }
  }

  private static boolean isZombie(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/stat")).contains(") Z ");
    } catch (IOException gone) {
      return true;
    }
  }

  /** Returns the control groups that bear this home's name. */
  List<Path> groups() throws IOException {
    String name = "kiln-%08x".formatted((int) hash(home.toRealPath().toString()));
    List<Path> found = new ArrayList<>();
    collect(GROUPS, name, found);
    return found;
  }

  private static void collect(Path directory, String name, List<Path> found) {
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.filter(Files::isDirectory).toList()) {
        if (entry.getFileName().toString().startsWith(name)) {
          found.add(entry);
        } else if (!Files.isSymbolicLink(entry)) {
          collect(entry, name, found);
        }
      }
    } catch (UncheckedIOException | IOException gone) {
      return; // a group of someone else's that was removed meanwhile
    }
  }

  /** FNV-1a, as identity.c has it. */
  private static long hash(String text) {
    long value = 0xcbf29ce484222325L;
    for (byte part : text.getBytes(StandardCharsets.UTF_8)) {
      value = (value ^ (part & 0xff)) * 0x100000001b3L;
    }
    return value;
  }

  @Override
  public void close() {
    terminate();
    process.onExit().orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
  }
}
