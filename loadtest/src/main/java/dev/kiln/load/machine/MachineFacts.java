package dev.kiln.load.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The machine and the state that it was in before a run.
 *
 * @param cpu model of the processor
 * @param cores processors that the system sees
 * @param memoryBytes memory
 * @param kernel version of the kernel
 * @param cgroups {@code v2}, {@code hybrid} or {@code v1}
 * @param java version of the virtual machine that runs the benchmark
 * @param loadBefore load average of the last minute when the run began
 */
public record MachineFacts(
    String cpu,
    int cores,
    long memoryBytes,
    String kernel,
    String cgroups,
    String java,
    double loadBefore) {

  /** Asks this machine. */
  public static MachineFacts read() {
    return new MachineFacts(
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        MemoryFacts.totalBytes(),
        read("/proc/sys/kernel/osrelease").trim(),
        cgroupLayout(),
        Runtime.version().toString(),
        Double.parseDouble(read("/proc/loadavg").split(" ")[0]));
  }

  private static String cpuModel() {
    try (Stream<String> lines = read("/proc/cpuinfo").lines()) {
      // aarch64 names no model there; its implementer and part numbers say as much as there is.
      return lines
          .filter(line -> line.startsWith("model name") || line.startsWith("CPU part"))
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .findFirst()
          .orElse("unknown");
    }
  }

  private static String cgroupLayout() {
    if (Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"))) {
      return "v2";
    }
    return Files.exists(Path.of("/sys/fs/cgroup/unified/cgroup.procs")) ? "hybrid" : "v1";
  }

  static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
