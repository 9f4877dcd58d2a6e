package dev.kiln.pool;

import java.util.List;
import java.util.Map;

/**
 * The pool at one moment.
 *
 * @param runtimes each runtime's stems
 * @param versions each version's sandboxes
 * @param transitions how often each change of state happened, {@code "IDLE>BUSY"} to count
 * @param slots slots that may hold a sandbox
 * @param slotsUsed slots that hold one
 * @param memoryBudgetBytes what keep-alive may hold
 * @param memoryUsedBytes what it holds
 */
public record PoolSnapshot(
    List<Runtime> runtimes,
    List<VersionCount> versions,
    Map<String, Long> transitions,
    int slots,
    int slotsUsed,
    long memoryBudgetBytes,
    long memoryUsedBytes) {

  /**
   * One runtime.
   *
   * @param stemsPlain stems that are locked down and wait
   * @param stemsWarmed stems that have run the dummy calls
   * @param stemTarget how many the policy wants
   * @param zygoteUp whether its zygote serves
   * @param ready whether a stem of it has ever answered
   */
  public record Runtime(
      String name,
      int stemsPlain,
      int stemsWarmed,
      int stemTarget,
      boolean zygoteUp,
      boolean ready,
      long recycled,
      long evicted) {}

  /** One version's sandboxes by state. */
  public record VersionCount(
      String key,
      String runtime,
      int idle,
      int busy,
      int frozen,
      int waiting,
      long recycled,
      long evicted) {}
}
