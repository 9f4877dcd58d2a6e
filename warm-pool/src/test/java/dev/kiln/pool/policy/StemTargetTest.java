package dev.kiln.pool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class StemTargetTest {

  private static final long SECOND = 1_000_000_000L;

  @Property
  void staysWithinItsBoundsAndFollowsAMeanThatForgets(
      @ForAll @Size(max = 200) List<@LongRange(min = 0, max = 2 * SECOND) Long> gaps) {
    StemTarget target = new StemTarget(3, 20, Duration.ofSeconds(1), 0);
    long now = 0;
    for (long gap : gaps) {
      now += gap;
      target.taken(now);
      assertThat(target.target(now)).isBetween(3, 20);
    }
    assertThat((double) target.target(now)).isEqualTo(reference(gaps), within(1));
  }

  /** The sum over all arrivals of what is left of each, instead of a running mean. */
  private static double reference(List<Long> gaps) {
    double rate = 0;
    long age = 0;
    for (int i = gaps.size() - 1; i >= 0; i--) {
      rate += Math.exp(-age / (5.0 * SECOND)) / 5;
      age += gaps.get(i);
    }
    return Math.min(20, 3 + Math.ceil(rate - 1e-9));
  }

  private static org.assertj.core.data.Offset<Double> within(double difference) {
    return org.assertj.core.data.Offset.offset(difference);
  }

  @Example
  void wantsTheLeastWhenNothingCalls() {
    StemTarget target = new StemTarget(2, 50, Duration.ofSeconds(1), 0);
    for (int i = 0; i < 500; i++) {
      target.taken(i * SECOND / 40);
    }
    assertThat(target.target(500 * SECOND / 40)).isBetween(35, 45);
    assertThat(target.target(200 * SECOND)).isEqualTo(2);
  }
}
