package dev.kiln.pool.policy;

/**
 * Which idle sandbox is worth least: greedy-dual, as Fuerst and Sharma use it for functions
 * ("FaasCache", ASPLOS 2021). Priority = clock + frequency × start cost ÷ memory. The least goes
 * first, and the clock moves to its priority: so what was not used for long falls behind everything
 * that comes later.
 */
public final class KeepAlive {

  private static final double MEBIBYTE = 1 << 20;

  private double clock;

  /**
   * Returns the priority of a sandbox that has just become idle.
   *
   * @param frequency calls that its version has had
   * @param startMicros what another start of it would cost
   * @param memoryBytes what it holds
   */
  public double priority(long frequency, long startMicros, long memoryBytes) {
    double mebibytes = Math.max(1, memoryBytes) / MEBIBYTE;
    return clock + Math.max(1, frequency) * (double) Math.max(1, startMicros) / mebibytes;
  }

  /** Notes that a sandbox of this priority was evicted. */
  public void evicted(double priority) {
    clock = Math.max(clock, priority);
  }
}
