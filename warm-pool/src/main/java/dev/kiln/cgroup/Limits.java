package dev.kiln.cgroup;

/**
 * What a sandbox may use.
 *
 * @param memoryBytes of memory, {@code /tmp} and {@code /dev/shm} included; there is no swap beyond
 *     it
 * @param cpuMillis thousandths of a CPU per second of time, 0: no quota
 * @param cpuWeight share of a contended CPU, 1 to 10,000, 100 is everybody's
 * @param processes alive at once, threads included
 */
public record Limits(long memoryBytes, int cpuMillis, int cpuWeight, int processes) {

  /** Under this the kernel cannot start an interpreter without killing it. */
  static final long LEAST_MEMORY_BYTES = 4L << 20;

  /** The kernel refuses a quota under a millisecond per period of a tenth of a second. */
  static final int LEAST_CPU_MILLIS = 10;

  public Limits {
    if (memoryBytes < LEAST_MEMORY_BYTES) {
      throw new IllegalArgumentException(
          "memory limit of " + memoryBytes + " bytes is under " + LEAST_MEMORY_BYTES);
    }
    if (cpuMillis != 0 && cpuMillis < LEAST_CPU_MILLIS) {
      throw new IllegalArgumentException(
          "CPU limit of " + cpuMillis + "/1000 is under " + LEAST_CPU_MILLIS);
    }
    if (cpuWeight < 1 || cpuWeight > 10_000) {
      throw new IllegalArgumentException("CPU weight " + cpuWeight + " is not in 1..10000");
    }
    if (processes < 1) {
      throw new IllegalArgumentException("limit of " + processes + " processes is under 1");
    }
  }
}
