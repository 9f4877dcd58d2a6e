package dev.kiln.pool.policy;

import java.time.Duration;

/**
 * How many stems of a runtime should be ready: the least, and on top of it what is taken, at the
 * observed rate, in the time that it takes to notice and make good. The rate is a mean that forgets
 * exponentially.
 */
public final class StemTarget {

  private static final double MEMORY_NANOS = Duration.ofSeconds(5).toNanos();

  private final int min;
  private final int max;
  private final double leadNanos;
  private double perNano;
  private long updatedNanos;

  /**
   * Creates one that has seen nothing.
   *
   * @param lead for how long the stems should last when none is made
   */
  public StemTarget(int min, int max, Duration lead, long nowNanos) {
    if (min < 0 || max < min) {
      throw new IllegalArgumentException("0 <= min <= max must hold, not " + min + ", " + max);
    }
    this.min = min;
    this.max = max;
    this.leadNanos = lead.toNanos();
    this.updatedNanos = nowNanos;
  }

  /** Notes that a call took a stem, or would have. */
  public void taken(long nowNanos) {
    decay(nowNanos);
    perNano += 1 / MEMORY_NANOS;
  }

  /** Returns how many stems should be ready now, between the least and the most. */
  public int target(long nowNanos) {
    decay(nowNanos);
    double wanted = min + Math.ceil(perNano * leadNanos - 1e-9);
    return (int) Math.min(max, wanted);
  }

  private void decay(long nowNanos) {
    long elapsed = Math.max(0, nowNanos - updatedNanos);
    perNano *= Math.exp(-elapsed / MEMORY_NANOS);
    updatedNanos += elapsed;
  }
}
