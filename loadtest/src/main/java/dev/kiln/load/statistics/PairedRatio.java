package dev.kiln.load.statistics;

import java.util.SplittableRandom;

/**
 * How one system compares with another when both were measured in turns. Each pair's two
 * measurements lie close together in time, so that what disturbs the machine for longer disturbs
 * both; the ratio is taken within the pair.
 *
 * @param median median of the pairs' ratios
 * @param low lower end of the 95 % confidence interval of that median
 * @param high upper end
 * @param pairs number of pairs
 */
public record PairedRatio(double median, double low, double high, int pairs) {

  private static final int RESAMPLES = 2_000;
  private static final long SEED = 0x5EED;

  /**
   * Compares {@code ours[i] / theirs[i]}; the interval is a percentile bootstrap with a fixed seed.
   */
  public static PairedRatio of(double[] ours, double[] theirs) {
    if (ours.length != theirs.length || ours.length == 0) {
      throw new IllegalArgumentException("no pairs: " + ours.length + " and " + theirs.length);
    }
    double[] ratios = new double[ours.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = ours[i] / theirs[i];
    }
    double[] medians = resampledMedians(ratios);
    return new PairedRatio(
        Samples.median(ratios),
        Samples.quantile(medians, 0.025),
        Samples.quantile(medians, 0.975),
        ratios.length);
  }

  private static double[] resampledMedians(double[] ratios) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] medians = new double[RESAMPLES];
    double[] resample = new double[ratios.length];
    for (int i = 0; i < RESAMPLES; i++) {
      for (int j = 0; j < resample.length; j++) {
        resample[j] = ratios[random.nextInt(ratios.length)];
      }
      medians[i] = Samples.median(resample);
    }
    return medians;
  }
}
