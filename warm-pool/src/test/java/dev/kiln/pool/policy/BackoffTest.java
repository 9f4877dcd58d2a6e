package dev.kiln.pool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private static final long MILLI = 1_000_000L;

  private final Backoff backoff = new Backoff(Duration.ofMillis(10), Duration.ofMillis(35), 0);

  @Test
  void allowsAFirstTryAtOnce() {
    assertThat(backoff.allows(0)).isTrue();
  }

  @Test
  void doublesTheDelayWithEachFailureUpToAMost() {
    for (long delay : new long[] {10, 20, 35, 35}) {
      backoff.failed(0);
      assertThat(backoff.allows(delay * MILLI - 1)).isFalse();
      assertThat(backoff.allows(delay * MILLI)).isTrue();
    }
  }

  @Test
  void beginsAnewAfterASuccess() {
    backoff.failed(0);
    backoff.failed(0);
    backoff.succeeded(0);
    assertThat(backoff.allows(0)).isTrue();
    backoff.failed(0);
    assertThat(backoff.allows(10 * MILLI)).isTrue();
  }
}
