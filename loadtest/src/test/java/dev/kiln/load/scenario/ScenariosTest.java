package dev.kiln.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ScenariosTest {

  @Test
  void namesAreUnique() {
    assertThat(Scenarios.all()).extracting(Scenario::name).doesNotHaveDuplicates();
  }

  @Test
  void scenariosOfOneSetUpRunTogether() {
    List<String> settings = Scenarios.all().stream().map(s -> s.settings().name()).toList();
    long changes = 1;
    for (int i = 1; i < settings.size(); i++) {
      changes += settings.get(i).equals(settings.get(i - 1)) ? 0 : 1;
    }
    // Plain stems and none are each needed once; going back would restart Kiln more often than
    // there are set-ups.
    assertThat(changes).isEqualTo(settings.stream().distinct().count());
  }

  @Test
  void scenariosAreChosenByNameAndKeepTheirOrder() {
    assertThat(Scenarios.named(List.of("churn", "first-call")))
        .extracting(Scenario::name)
        .containsExactly("first-call", "churn");
    assertThat(Scenarios.named(List.of())).isEqualTo(Scenarios.all());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scenarios.named(List.of("frist-call")))
        .withMessageContaining("first-call");
  }

  @Test
  void phasesAreReadFromServerTiming() {
    PhaseTimes phases = new PhaseTimes();
    phases.record("lease;dur=0.031, attach;desc=\"a\";dur=0.052");
    phases.record("lease;dur=0.033, cache");
    assertThat(phases.summaries()).containsOnlyKeys("lease", "attach");
    assertThat(phases.summaries().get("lease").count()).isEqualTo(2);
    assertThat(phases.summaries().get("attach").max()).isBetween(51.9, 52.1);
    assertThat(phases.text()).isEqualTo("lease 31/33, attach 52/52");
  }
}
