package dev.kiln.gateway.invoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class VersionSettingsTest {

  private static VersionSettings withProcesses(int processes) {
    return new VersionSettings("us-east-1", 1769, 1000, processes, 1000, 100);
  }

  @Test
  void aSandboxHasAProcess() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withProcesses(0))
        .withMessageContaining("kiln.function.processes");
  }

  @Test
  void cpuGrowsWithMemory() {
    assertThat(withProcesses(512).cpuMillis(128)).isEqualTo(1000);
    assertThat(withProcesses(1).cpuMillis(3538)).isEqualTo(2000);
  }
}
