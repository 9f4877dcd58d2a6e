package dev.kiln.pool.policy;

import java.time.Duration;

/**
 * When to try again what failed: after a delay that doubles with each failure in a row, up to a
 * most.
 */
public final class Backoff {

  private final long firstNanos;
  private final long mostNanos;
  private long delayNanos;
  private long notBeforeNanos;

  /** Creates one that allows a first try at once. */
  public Backoff(Duration first, Duration most, long nowNanos) {
    firstNanos = first.toNanos();
    mostNanos = most.toNanos();
    notBeforeNanos = nowNanos;
  }

  public boolean allows(long nowNanos) {
    return nowNanos - notBeforeNanos >= 0;
  }

  public void failed(long nowNanos) {
    delayNanos = delayNanos == 0 ? firstNanos : Math.min(mostNanos, delayNanos * 2);
    notBeforeNanos = nowNanos + delayNanos;
  }

  public void succeeded(long nowNanos) {
    delayNanos = 0;
    notBeforeNanos = nowNanos;
  }
}
