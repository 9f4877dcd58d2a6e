package dev.kiln.load.arrival;

import java.time.Duration;

/**
 * One call every so often, the first after one interval. The offsets are computed from the call's
 * number, not added up, so that a rate that is no whole number of nanoseconds does not drift.
 */
public final class ConstantArrivals implements Arrivals {

  private final double intervalNanos;
  private long calls;

  private ConstantArrivals(double intervalNanos) {
    if (!(intervalNanos > 0)) {
      throw new IllegalArgumentException("interval must be positive: " + intervalNanos + " ns");
    }
    this.intervalNanos = intervalNanos;
  }

  /** Returns one call each {@code interval}. */
  public static ConstantArrivals every(Duration interval) {
    return new ConstantArrivals(interval.toNanos());
  }

  /** Returns {@code callsPerSecond} calls a second. */
  public static ConstantArrivals perSecond(double callsPerSecond) {
    return new ConstantArrivals(1e9 / callsPerSecond);
  }

  @Override
  public long nextNanos() {
    calls++;
    return Math.round(calls * intervalNanos);
  }
}
