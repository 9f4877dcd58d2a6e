package dev.kiln.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The table of transitions, as a graph. */
class SandboxStateTest {

  @Property
  void everyLivingSandboxMayDieAndNoDeadOneLivesAgain(@ForAll SandboxState state) {
    if (state.isAlive()) {
      assertThat(state.next()).contains(SandboxState.DYING);
    } else {
      assertThat(state.next()).noneMatch(SandboxState::isAlive);
    }
  }

  @Property
  void nothingIsGoneThatWasNotDying(@ForAll SandboxState state) {
    assertThat(state.next().contains(SandboxState.GONE)).isEqualTo(state == SandboxState.DYING);
  }

  @Property
  void whatHasHadAFunctionIsNeverAStemAgain(@ForAll SandboxState state) {
    Set<SandboxState> stems =
        EnumSet.of(
            SandboxState.STARTING, SandboxState.PLAIN, SandboxState.WARMING, SandboxState.WARMED);
    if (!stems.contains(state)) {
      assertThat(state.next()).doesNotContainAnyElementsOf(stems);
    }
  }

  @Example
  void everyStateIsReachedFromTheFirst() {
    Set<SandboxState> reached = EnumSet.of(SandboxState.STARTING);
    boolean grown = true;
    while (grown) {
      Set<SandboxState> before = EnumSet.copyOf(reached);
      before.forEach(state -> reached.addAll(state.next()));
      grown = reached.size() > before.size();
    }
    assertThat(reached).containsExactlyInAnyOrder(SandboxState.values());
  }
}
