package dev.kiln.pool.policy;

import java.time.Duration;

/**
 * How quickly stems are made in the background. At most so many a second and so many at once; none
 * while invocations use every processor, but after some patience one all the same, or a lasting
 * load would never see a stem again.
 */
public final class RefillPace {

  private static final long SECOND = 1_000_000_000L;

  private final int atOnce;
  private final int processors;
  private final long intervalNanos;
  private final long patienceNanos;
  private long nextNanos;
  private long refusedSinceNanos;
  private boolean refused;

  /** Creates one that allows a first birth at once. */
  public RefillPace(int perSecond, int atOnce, int processors, Duration patience, long nowNanos) {
    if (perSecond < 1 || atOnce < 1 || processors < 1) {
      throw new IllegalArgumentException("rate, number at once and processors must be positive");
    }
    this.atOnce = atOnce;
    this.processors = processors;
    this.intervalNanos = SECOND / perSecond;
    this.patienceNanos = patience.toNanos();
    this.nextNanos = nowNanos;
  }

  /**
   * Returns whether one may be made now, and counts it if so.
   *
   * @param underWay how many are being made
   * @param busy invocations that run
   */
  public boolean allow(long nowNanos, int underWay, int busy) {
    if (underWay >= atOnce || nowNanos - nextNanos < 0 || yields(nowNanos, busy)) {
      return false;
    }
    nextNanos = Math.max(nextNanos + intervalNanos, nowNanos - atOnce * intervalNanos);
    refused = false;
    return true;
  }

  private boolean yields(long nowNanos, int busy) {
    if (busy < processors) {
      return false;
    }
    if (!refused) {
      refused = true;
      refusedSinceNanos = nowNanos;
    }
    return nowNanos - refusedSinceNanos < patienceNanos;
  }
}
