package dev.kiln.pool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class RefillPaceTest {

  private static final long MILLI = 1_000_000L;

  @Property
  void neverExceedsTheRateByMoreThanWhatMayBeMadeAtOnce(
      @ForAll @Size(min = 1, max = 300) List<@LongRange(min = 0, max = 30 * MILLI) Long> gaps) {
    RefillPace pace = new RefillPace(100, 3, 2, Duration.ofMillis(20), 0);
    long now = 0;
    int allowed = 0;
    for (long gap : gaps) {
      now += gap;
      allowed += pace.allow(now, 0, 0) ? 1 : 0;
      assertThat(allowed).isLessThanOrEqualTo((int) (now / (10 * MILLI)) + 4);
    }
  }

  @Example
  void makesNoMoreAtOnceThanItMay() {
    RefillPace pace = new RefillPace(100, 3, 2, Duration.ofMillis(20), 0);
    assertThat(pace.allow(0, 3, 0)).isFalse();
    assertThat(pace.allow(0, 2, 0)).isTrue();
  }

  @Example
  void yieldsToInvocationsThatUseEveryProcessorButNotForEver() {
    RefillPace pace = new RefillPace(1000, 3, 2, Duration.ofMillis(20), 0);
    assertThat(pace.allow(0, 0, 1)).isTrue();
    assertThat(pace.allow(5 * MILLI, 0, 2)).isFalse();
    assertThat(pace.allow(24 * MILLI, 0, 2)).isFalse();
    assertThat(pace.allow(25 * MILLI, 0, 2)).isTrue();
    assertThat(pace.allow(26 * MILLI, 0, 2)).as("patience begins anew").isFalse();
  }
}
