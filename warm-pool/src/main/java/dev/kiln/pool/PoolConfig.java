package dev.kiln.pool;

import java.time.Duration;

/**
 * How the pool behaves.
 *
 * @param stemsMin stems kept of each runtime even when nothing calls, warmed ones included
 * @param stemsMax stems kept of each runtime at most, however quickly calls arrive
 * @param stemsWarmed how many of them have run the dummy calls that make a first call quick
 * @param birthsAtOnce sandboxes that are being forked in the background at the same time
 * @param birthsPerSecond sandboxes that are forked in the background per second at most
 * @param keepAliveBytes memory that idle sandboxes may hold together
 * @param freezeAfter how long a sandbox is idle before it is frozen
 * @param unfrozen how many idle sandboxes, the likeliest to be called, are never frozen
 * @param waitingPerVersion calls of one version that may wait for a sandbox
 * @param waiting calls that may wait for a sandbox altogether
 * @param maxWait how long a call waits for a sandbox at most, however far its deadline
 * @param spareCopies copies that a template of {@code fork} isolation keeps forked ahead
 * @param unfinishedBytes what sandboxes may have sent, together, of messages that are not whole
 * @param compileMemoryBytes memory that a compilation may use
 * @param maxBundleBytes the largest bundle
 */
public record PoolConfig(
    int stemsMin,
    int stemsMax,
    int stemsWarmed,
    int birthsAtOnce,
    int birthsPerSecond,
    long keepAliveBytes,
    Duration freezeAfter,
    int unfrozen,
    int waitingPerVersion,
    int waiting,
    Duration maxWait,
    int spareCopies,
    long unfinishedBytes,
    long compileMemoryBytes,
    int maxBundleBytes) {

  public PoolConfig {
    require(stemsMin >= 1, "stemsMin", "at least 1: readiness is a stem that answered");
    require(stemsMax >= stemsMin, "stemsMax", "at least stemsMin");
    require(stemsWarmed >= 0 && stemsWarmed <= stemsMax, "stemsWarmed", "in 0..stemsMax");
    require(birthsAtOnce >= 1, "birthsAtOnce", "at least 1");
    require(birthsPerSecond >= 1, "birthsPerSecond", "at least 1");
    require(keepAliveBytes >= 0, "keepAliveBytes", "not negative");
    require(!freezeAfter.isNegative(), "freezeAfter", "not negative");
    require(unfrozen >= 0, "unfrozen", "not negative");
    require(waitingPerVersion >= 0, "waitingPerVersion", "not negative");
    require(waiting >= 0, "waiting", "not negative");
    require(!maxWait.isNegative(), "maxWait", "not negative");
    require(spareCopies >= 0, "spareCopies", "not negative");
    require(unfinishedBytes >= 1 << 20, "unfinishedBytes", "at least 1 MiB");
    require(compileMemoryBytes >= 16L << 20, "compileMemoryBytes", "at least 16 MiB");
    require(maxBundleBytes >= 1024, "maxBundleBytes", "at least 1024");
  }

  /**
   * Returns what suits a machine with {@code slots} slots and {@code memoryBytes} for Kiln's
   * sandboxes.
   */
  public static PoolConfig standard(int slots, long memoryBytes) {
    int most = Math.max(1, Math.min(64, slots / 4));
    return new PoolConfig(
        Math.min(16, most),
        most,
        Math.min(8, most),
        2,
        200,
        memoryBytes / 2,
        Duration.ofSeconds(10),
        32,
        100,
        1000,
        Duration.ofSeconds(30),
        2,
        64L << 20,
        256L << 20,
        64 << 20);
  }

  private static void require(boolean holds, String name, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + rule);
    }
  }
}
