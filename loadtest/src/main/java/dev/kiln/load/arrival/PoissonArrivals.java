package dev.kiln.load.arrival;

import java.util.SplittableRandom;

/**
 * Calls of many independent callers: the gaps between them are exponentially distributed, so that
 * some calls come close upon one another and queue. The same seed gives the same schedule.
 */
public final class PoissonArrivals implements Arrivals {

  private final double meanNanos;
  private final SplittableRandom random;
  private double elapsedNanos;

  /** Creates a schedule of {@code callsPerSecond} calls a second in the mean. */
  public PoissonArrivals(double callsPerSecond, long seed) {
    if (!(callsPerSecond > 0) || Double.isInfinite(callsPerSecond)) {
      throw new IllegalArgumentException("rate must be positive: " + callsPerSecond + " calls/s");
    }
    this.meanNanos = 1e9 / callsPerSecond;
    this.random = new SplittableRandom(seed);
  }

  @Override
  public long nextNanos() {
    // Inverse transform: 1 - u lies in (0, 1], whose logarithm is finite.
    elapsedNanos -= meanNanos * Math.log(1 - random.nextDouble());
    return (long) elapsedNanos;
  }
}
