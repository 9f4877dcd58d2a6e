package dev.kiln.gateway.invoke;

/**
 * What the operator decides for every function.
 *
 * @param region the region that ARNs and functions' environments name
 * @param megabytesPerCpu memory for which a function gets one CPU
 * @param cpuMillisMin thousandths of a CPU that a function gets however little memory it has
 * @param processes limit of processes and threads of a sandbox
 * @param maxAnswerBytes the largest answer
 * @param concurrencyMax how many invocations of one function may run at once, whatever it asks for
 */
public record VersionSettings(
    String region,
    int megabytesPerCpu,
    int cpuMillisMin,
    int processes,
    int maxAnswerBytes,
    int concurrencyMax) {

  private static final long MILLIS_PER_CPU = 1000;

  /** What the launcher grants all slots together, for each of them: its CGROUP_SLOT_PROCESSES. */
  private static final int PROCESSES_MAX = 512;

  /** Throws {@link IllegalArgumentException} where a sandbox could have more than its slot. */
  public VersionSettings {
    if (processes < 1 || processes > PROCESSES_MAX) {
      throw new IllegalArgumentException(
          "kiln.function.processes is " + processes + ": it must be from 1 to " + PROCESSES_MAX);
    }
  }

  int cpuMillis(int memoryMegabytes) {
    return (int) Math.max(cpuMillisMin, memoryMegabytes * MILLIS_PER_CPU / megabytesPerCpu);
  }
}
