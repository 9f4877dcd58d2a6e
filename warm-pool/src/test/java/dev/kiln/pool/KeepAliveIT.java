package dev.kiln.pool;

import static dev.kiln.pool.TestingCaller.await;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How many idle sandboxes are kept. */
class KeepAliveIT {

  private static final long BUDGET = 40L << 20;
  private static final int FUNCTIONS = 40;

  @Test
  void keepsNoMoreThanTheBudget() {
    PoolConfig config = TestingEngine.config();
    PoolConfig small =
        new PoolConfig(
            config.stemsMin(),
            config.stemsMax(),
            config.stemsWarmed(),
            config.birthsAtOnce(),
            config.birthsPerSecond(),
            BUDGET,
            config.freezeAfter(),
            config.unfrozen(),
            config.waitingPerVersion(),
            config.waiting(),
            config.maxWait(),
            config.spareCopies(),
            config.unfinishedBytes(),
            config.compileMemoryBytes(),
            config.maxBundleBytes());
    try (TestingEngine kiln = TestingEngine.start(small)) {
      for (int i = 0; i < FUNCTIONS; i++) {
        Version version = kiln.function("app.py").named("kept" + i);
        assertThat(kiln.caller().call(version, "{\"do\":\"count\"}").text()).isEqualTo("1");
      }
      await("within the budget", () -> kiln.snapshot().memoryUsedBytes() <= BUDGET);
      assertThat(kiln.runtime().evicted()).isPositive();
      kiln.awaitCleanSlots();
    }
  }
}
