package dev.kiln.pool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FreezeRuleTest {

  private final FreezeRule rule = new FreezeRule(Duration.ofSeconds(1), 2);

  @Test
  void freezesWhatIsIdleForLongEnough() {
    assertThat(rule.freezes(999_999_999, 2)).isFalse();
    assertThat(rule.freezes(1_000_000_000, 2)).isTrue();
  }

  @Test
  void neverFreezesTheHottest() {
    assertThat(rule.freezes(Long.MAX_VALUE, 1)).isFalse();
  }
}
