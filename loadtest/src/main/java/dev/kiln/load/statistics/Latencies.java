package dev.kiln.load.statistics;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * Durations, counted in a histogram of three significant digits (an error of at most 0.1 %), from 1
 * ns to an hour; longer ones count as an hour. Not thread-safe.
 */
public final class Latencies {

  private static final long MAX_NANOS = Duration.ofHours(1).toNanos();
  private static final int DIGITS = 3;

  private final Histogram histogram = new Histogram(MAX_NANOS, DIGITS);

  /** Counts one duration; a negative one counts as none. */
  public void record(long nanos) {
    histogram.recordValue(Math.min(MAX_NANOS, Math.max(0, nanos)));
  }

  /** Counts all that {@code other} has counted. */
  public void add(Latencies other) {
    histogram.add(other.histogram);
  }

  /** Returns how many were counted. */
  public long count() {
    return histogram.getTotalCount();
  }

  /** Returns the duration that {@code percent} of those counted do not exceed, in microseconds. */
  public double micros(double percent) {
    return histogram.getValueAtPercentile(percent) / 1e3;
  }

  /** Returns the median in microseconds. */
  public double p50() {
    return micros(50);
  }

  /** Returns the 99th percentile in microseconds. */
  public double p99() {
    return micros(99);
  }

  /** Returns the picture of this moment. */
  public LatencySummary summary() {
    return new LatencySummary(
        count(),
        micros(0),
        histogram.getMean() / 1e3,
        micros(50),
        micros(90),
        micros(99),
        micros(99.9),
        micros(100));
  }
}
