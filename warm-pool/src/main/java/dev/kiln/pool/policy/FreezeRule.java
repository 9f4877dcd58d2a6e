package dev.kiln.pool.policy;

import java.time.Duration;

/**
 * Which idle sandboxes are frozen: those idle for longer than {@code after}, but never the {@code
 * unfrozen} of highest priority, so that the busiest functions are not even thawed.
 */
public record FreezeRule(Duration after, int unfrozen) {

  /**
   * Decides for one.
   *
   * @param idleNanos for how long it has been idle
   * @param rank how many idle sandboxes have a higher priority
   */
  public boolean freezes(long idleNanos, int rank) {
    return rank >= unfrozen && idleNanos >= after.toNanos();
  }
}
