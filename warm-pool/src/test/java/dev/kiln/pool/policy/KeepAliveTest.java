package dev.kiln.pool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class KeepAliveTest {

  private static final long MEBIBYTE = 1 << 20;

  /** One that is kept. */
  record Kept(double priority) {}

  @Property
  void theClockNeverGoesBackAndWhatComesLaterIsWorthMoreThanWhatWent(
      @ForAll @Size(min = 1, max = 100) List<@IntRange(min = 1, max = 1000) Integer> costs) {
    KeepAlive policy = new KeepAlive();
    List<Kept> kept = new ArrayList<>();
    double evicted = 0;
    for (int cost : costs) {
      kept.add(new Kept(policy.priority(1, cost, MEBIBYTE)));
      if (kept.size() > 5) {
        Kept least = kept.stream().min(Comparator.comparingDouble(Kept::priority)).orElseThrow();
        kept.remove(least);
        assertThat(least.priority).isGreaterThanOrEqualTo(evicted);
        evicted = least.priority;
        policy.evicted(evicted);
      }
      assertThat(policy.priority(1, 1, MEBIBYTE)).isGreaterThan(evicted);
    }
  }

  @Example
  void prefersWhatIsCalledOftenCostsMuchAndHoldsLittle() {
    KeepAlive policy = new KeepAlive();
    double plain = policy.priority(2, 1000, 4 * MEBIBYTE);
    assertThat(policy.priority(3, 1000, 4 * MEBIBYTE)).isGreaterThan(plain);
    assertThat(policy.priority(2, 2000, 4 * MEBIBYTE)).isGreaterThan(plain);
    assertThat(policy.priority(2, 1000, 2 * MEBIBYTE)).isGreaterThan(plain);
    assertThat(plain).isEqualTo(500);
  }

  @Example
  void letsGoOfWhatWasOnceBusyAndIsNoLonger() {
    KeepAlive policy = new KeepAlive();
    double once = policy.priority(1000, 1000, MEBIBYTE);
    int evictions = 0;
    while (policy.priority(1, 1000, MEBIBYTE) < once) {
      policy.evicted(policy.priority(1, 1000, MEBIBYTE));
      evictions++;
    }
    assertThat(evictions).isEqualTo(999);
  }
}
