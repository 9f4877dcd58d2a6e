package dev.kiln.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.contract.Isolation;
import org.junit.jupiter.api.Test;

class VersionStockTest {

  @Test
  void copiesThatShareASandboxHaveTheProcessorTimeOfAsManySandboxes() {
    Version version = TestingVersions.of("testing").concurrency(4).named("a");
    assertThat(millis(version, Isolation.REUSE)).isEqualTo(version.cpuMillis());
    assertThat(millis(version, Isolation.FORK)).isEqualTo(4 * version.cpuMillis());
  }

  private static int millis(Version version, Isolation isolation) {
    RuntimeStock runtime = new RuntimeStock(0, "testing", TestingEngine.config(), 1, 0);
    return new VersionStock(version, runtime, isolation, 0).limits.cpuMillis();
  }
}
