package dev.kiln.load.statistics;

import java.util.Arrays;

/** Order statistics of small samples that are kept whole. */
public final class Samples {

  private Samples() {}

  /** Returns the middle value, or the mean of the two in the middle. */
  public static double median(double[] values) {
    return quantile(values, 0.5);
  }

  /**
   * Returns the quantile by linear interpolation between the closest ranks (type 7 of Hyndman and
   * Fan, "Sample Quantiles in Statistical Packages", 1996; what R and NumPy do by default).
   */
  public static double quantile(double[] values, double fraction) {
    if (values.length == 0 || !(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException(
          "no quantile " + fraction + " of " + values.length + " values");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double rank = fraction * (sorted.length - 1);
    int below = (int) Math.floor(rank);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  }
}
