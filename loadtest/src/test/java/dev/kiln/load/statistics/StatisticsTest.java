package dev.kiln.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class StatisticsTest {

  @Property(tries = 200)
  void percentilesAgreeWithTheSortedDurationsToAThousandth(
      @ForAll @Size(min = 1, max = 500)
          List<@LongRange(min = 1_000, max = 100_000_000_000L) Long> nanos) {
    Latencies latencies = new Latencies();
    nanos.forEach(latencies::record);
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    for (double percent : new double[] {50, 90, 99, 99.9, 100}) {
      // Nearest rank: the smallest duration that at least so many do not exceed.
      int rank = Math.max(1, (int) Math.ceil(percent / 100 * sorted.length));
      double expected = sorted[rank - 1] / 1e3;
      assertThat(latencies.micros(percent)).isCloseTo(expected, within(expected * 1.1e-3));
    }
  }

  @Test
  void aSummaryOfAThousandMicrosecondsHasTheObviousPercentiles() {
    Latencies latencies = new Latencies();
    for (int micros = 1; micros <= 1_000; micros++) {
      latencies.record(micros * 1_000L);
    }
    LatencySummary summary = latencies.summary();
    assertThat(summary.count()).isEqualTo(1_000);
    assertThat(summary.min()).isCloseTo(1, within(0.01));
    assertThat(summary.mean()).isCloseTo(500.5, within(0.6));
    assertThat(summary.p50()).isCloseTo(500, within(0.6));
    assertThat(summary.p90()).isCloseTo(900, within(1.0));
    assertThat(summary.p99()).isCloseTo(990, within(1.0));
    assertThat(summary.p999()).isCloseTo(999, within(1.0));
    assertThat(summary.max()).isCloseTo(1_000, within(1.1));
  }

  @Test
  void sumsOfHistogramsCountBoth() {
    Latencies fast = new Latencies();
    Latencies slow = new Latencies();
    fast.record(1_000);
    slow.record(9_000_000);
    fast.add(slow);
    assertThat(fast.count()).isEqualTo(2);
    assertThat(fast.micros(100)).isCloseTo(9_000, within(9.0));
  }

  @Test
  void durationsOutsideTheRangeAreCountedAtItsEnds() {
    Latencies latencies = new Latencies();
    latencies.record(-5);
    latencies.record(Long.MAX_VALUE);
    assertThat(latencies.count()).isEqualTo(2);
    assertThat(latencies.micros(0)).isLessThan(0.01);
    assertThat(latencies.micros(100)).isCloseTo(3.6e9, within(4e6));
  }

  /** Reference values from R 4.2: {@code quantile(c(1, 2, 3, 4, 10), c(0, .1, .25, .5, .9, 1))}. */
  @Test
  void quantilesAreThoseOfR() {
    double[] values = {10, 1, 4, 2, 3};
    assertThat(Samples.quantile(values, 0)).isEqualTo(1);
    assertThat(Samples.quantile(values, 0.1)).isCloseTo(1.4, within(1e-9));
    assertThat(Samples.quantile(values, 0.25)).isEqualTo(2);
    assertThat(Samples.median(values)).isEqualTo(3);
    assertThat(Samples.quantile(values, 0.9)).isCloseTo(7.6, within(1e-9));
    assertThat(Samples.quantile(values, 1)).isEqualTo(10);
    assertThat(Samples.median(new double[] {1, 2, 3, 4})).isEqualTo(2.5);
    assertThat(values).as("the caller's order").containsExactly(10, 1, 4, 2, 3);
  }

  @Test
  void quantilesOfNothingAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Samples.median(new double[0]));
    assertThatIllegalArgumentException().isThrownBy(() -> Samples.quantile(new double[] {1}, 1.1));
  }

  @Test
  void aRatioIsTakenWithinThePairs() {
    // Both drift by a factor of ten; the ratio stays 2.
    PairedRatio ratio = PairedRatio.of(new double[] {2, 8, 20}, new double[] {1, 4, 10});
    assertThat(ratio).isEqualTo(new PairedRatio(2, 2, 2, 3));
  }

  /** A 95 % interval has to contain the truth in about 95 of 100 experiments. */
  @Test
  void theIntervalCoversTheTrueRatioAsOftenAsItSays() {
    SplittableRandom random = new SplittableRandom(7);
    int covered = 0;
    for (int experiment = 0; experiment < 200; experiment++) {
      double[] ours = new double[20];
      double[] theirs = new double[20];
      for (int i = 0; i < ours.length; i++) {
        double machine = 1 + random.nextDouble();
        ours[i] = machine * 1.5 * (1 + 0.2 * (random.nextDouble() - 0.5));
        theirs[i] = machine;
      }
      PairedRatio ratio = PairedRatio.of(ours, theirs);
      assertThat(ratio.low()).isLessThanOrEqualTo(ratio.median());
      assertThat(ratio.high()).isGreaterThanOrEqualTo(ratio.median());
      covered += ratio.low() <= 1.5 && ratio.high() >= 1.5 ? 1 : 0;
    }
    assertThat(covered).isBetween(176, 199);
  }

  @Test
  void pairsThatAreNoneAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PairedRatio.of(new double[] {1}, new double[] {1, 2}));
  }
}
