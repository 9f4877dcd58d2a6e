package dev.kiln.load.arrival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ArrivalsTest {

  private static final long SEED = 42;

  @Test
  void constantArrivalsComeAtMultiplesOfTheInterval() {
    Arrivals arrivals = ConstantArrivals.every(Duration.ofMillis(40));
    assertThat(offsets(arrivals, 3)).containsExactly(40_000_000, 80_000_000, 120_000_000);
  }

  @Test
  void aRateThatIsNoWholeNumberOfNanosecondsDoesNotDrift() {
    long[] offsets = offsets(ConstantArrivals.perSecond(3), 3_000_000);
    assertThat(offsets[offsets.length - 1]).isEqualTo(Duration.ofSeconds(1_000_000).toNanos());
  }

  @Test
  void aRateOfNothingIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> ConstantArrivals.every(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> new PoissonArrivals(0, SEED));
    assertThatIllegalArgumentException().isThrownBy(() -> new PoissonArrivals(Double.NaN, SEED));
  }

  @Test
  void poissonGapsHaveTheMeanAndTheDeviationOfTheExponentialDistribution() {
    double[] gaps = gaps(offsets(new PoissonArrivals(100, SEED), 100_000));
    double mean = Arrays.stream(gaps).average().orElseThrow();
    double variance = Arrays.stream(gaps).map(g -> (g - mean) * (g - mean)).average().orElseThrow();
    // Standard error of the mean of 100,000 gaps of 10 ms: 0.03 ms.
    assertThat(mean).isCloseTo(10e6, within(0.15e6));
    assertThat(Math.sqrt(variance)).isCloseTo(10e6, within(0.3e6));
  }

  @Test
  void poissonGapsAreExponentialByTheKolmogorovSmirnovTest() {
    int n = 10_000;
    double[] gaps = gaps(offsets(new PoissonArrivals(1_000, SEED), n));
    Arrays.sort(gaps);
    double distance = 0;
    for (int i = 0; i < gaps.length; i++) {
      double expected = 1 - Math.exp(-gaps[i] / 1e6);
      distance = Math.max(distance, Math.abs(expected - (i + 0.5) / gaps.length));
    }
    // Critical value at 1 %: 1.63 / sqrt(n).
    assertThat(distance).isLessThan(1.63 / Math.sqrt(n));
  }

  @Test
  void theSameSeedGivesTheSameScheduleAndAnotherSeedAnother() {
    long[] first = offsets(new PoissonArrivals(50, SEED), 1_000);
    assertThat(offsets(new PoissonArrivals(50, SEED), 1_000)).isEqualTo(first);
    assertThat(offsets(new PoissonArrivals(50, SEED + 1), 1_000)).isNotEqualTo(first);
  }

  private static long[] offsets(Arrivals arrivals, int count) {
    return LongStream.generate(arrivals::nextNanos).limit(count).toArray();
  }

  private static double[] gaps(long[] offsets) {
    double[] gaps = new double[offsets.length];
    long previous = 0;
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = (double) (offsets[i] - previous);
      previous = offsets[i];
    }
    return gaps;
  }
}
