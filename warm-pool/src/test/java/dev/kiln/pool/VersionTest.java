package dev.kiln.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VersionTest {

  private final TestingVersions versions = TestingVersions.of("testing");

  @Test
  void isTheSameForTheSameKey() {
    assertThat(versions.concurrency(1).named("a")).isEqualTo(versions.concurrency(2).named("a"));
    assertThat(versions.named("a")).isNotEqualTo(versions.named("b"));
  }

  @Test
  void keepsItsOwnEnvironment() {
    Map<String, String> environment = new HashMap<>(Map.of("A", "b"));
    Version version = versions.environment(environment).named("a");
    environment.put("C", "d");
    assertThat(version.environment()).containsOnlyKeys("A");
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatIllegalArgumentException().isThrownBy(() -> versions.code("../etc").named("a"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TestingVersions.of("testing").concurrency(0).named("a"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TestingVersions.of("testing").timeout(Duration.ZERO).named("a"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TestingVersions.of("testing").memoryMb(1).named("a"));
  }
}
