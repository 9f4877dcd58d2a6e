package dev.kiln.load.machine;

/** What {@code /proc/meminfo} says. */
public final class MemoryFacts {

  private MemoryFacts() {}

  /** Returns what the kernel reckons could still be used without swapping. */
  public static long availableBytes() {
    return field(MachineFacts.read("/proc/meminfo"), "MemAvailable:");
  }

  static long totalBytes() {
    return field(MachineFacts.read("/proc/meminfo"), "MemTotal:");
  }

  /** Returns a field of a text whose lines are {@code name: number kB}, in bytes. */
  static long field(String text, String name) {
    return text.lines()
            .filter(line -> line.startsWith(name))
            .map(line -> line.substring(name.length()).replace("kB", "").trim())
            .mapToLong(Long::parseLong)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no field " + name))
        * 1024;
  }
}
