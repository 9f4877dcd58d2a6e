package dev.kiln.pool;

import static dev.kiln.pool.TestingCaller.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.contract.Isolation;
import dev.kiln.contract.StartType;
import dev.kiln.launcher.SandboxId;
import dev.kiln.pool.TestingCaller.Result;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What one tenant of a slot leaves to the next: nothing. And how idle sandboxes freeze and thaw.
 */
class RecyclingIT {

  private static TestingEngine kiln;
  private static TestingCaller caller;

  @BeforeAll
  static void start() {
    PoolConfig config = TestingEngine.config();
    kiln =
        TestingEngine.start(
            new PoolConfig(
                2,
                4,
                1,
                2,
                200,
                config.keepAliveBytes(),
                Duration.ofMillis(100),
                1,
                10,
                100,
                config.maxWait(),
                1,
                config.unfinishedBytes(),
                config.compileMemoryBytes(),
                config.maxBundleBytes()));
    caller = kiln.caller();
  }

  @AfterAll
  static void end() {
    kiln.close();
  }

  @Test
  void leavesNothingOfATenantToTheNextInItsSlot() {
    Version fresh = kiln.function("canary.py").isolation(Isolation.FRESH).named("canary");
    Set<Integer> marked = new HashSet<>();
    for (int i = 0; i < 8; i++) {
      assertThat(caller.call(fresh, "\"leave\"").text()).isEqualTo("\"left\"");
      marked.add(kiln.launcher().newest().slot());
    }
    kiln.awaitCleanSlots();
    Set<Integer> looked = new HashSet<>();
    for (int i = 0; i < 8; i++) {
      assertThat(caller.call(fresh, "\"look\"").text()).isEqualTo("\"\"");
      looked.add(kiln.launcher().newest().slot());
    }
    looked.retainAll(marked);
    assertThat(looked).as("slots that were looked at after they were marked").isNotEmpty();
  }

  @Test
  void seesTheMarksWhereTheSandboxIsTheSame() {
    Version reused = kiln.function("canary.py").named("same");
    caller.call(reused, "\"leave\"");
    assertThat(caller.call(reused, "\"look\"").text())
        .isEqualTo(
            "\"global, environment, /tmp, /dev/shm, current directory, umask, thread, signal mask,"
                + " signal handler, rlimit, timer, System V shm, System V msg, System V sem,"
                + " abstract socket, 1 processes\"");
  }

  @Test
  void emptiesASandboxBetweenForkedCalls() {
    Version forked = kiln.function("canary.py").isolation(Isolation.FORK).named("forked");
    for (int i = 0; i < 3; i++) {
      assertThat(caller.call(forked, "\"leave\"").text()).isEqualTo("\"left\"");
      Result look = caller.call(forked, "\"look\"");
      assertThat(look.startType()).isEqualTo(StartType.WARM);
      assertThat(look.text())
          .as("nothing, or the copy that is kept ahead")
          .isIn("\"\"", "\"1 processes\"");
    }
  }

  @Test
  void freezesWhatIsIdleAndThawsItForACall() {
    Version cold = kiln.function("app.py").named("cold");
    caller.call(cold, "{\"do\":\"count\"}");
    caller.call(kiln.function("app.py").named("hotter"), "{\"do\":\"count\"}");
    caller.call(kiln.function("app.py").named("hotter"), "{\"do\":\"count\"}");
    await("it is frozen", () -> kiln.count(cold).frozen() == 1);
    Result thawed = caller.call(cold, "{\"do\":\"count\"}");
    assertThat(thawed.startType()).isEqualTo(StartType.WARM);
    assertThat(thawed.text()).isEqualTo("2");
  }

  @Test
  void survivesCallsThatComeAsItIsBeingFrozen() {
    Version often = kiln.function("app.py").named("often");
    for (int i = 1; i <= 30; i++) {
      assertThat(caller.call(often, "{\"do\":\"count\"}").text()).isEqualTo(String.valueOf(i));
      pause(90 + i);
    }
  }

  @Test
  void killsAFrozenSandbox() {
    Version cold = kiln.function("app.py").named("retired");
    caller.call(cold, "{\"do\":\"count\"}");
    caller.call(kiln.function("app.py").named("hotter"), "{\"do\":\"count\"}");
    caller.call(kiln.function("app.py").named("hotter"), "{\"do\":\"count\"}");
    await("it is frozen", () -> kiln.count(cold).frozen() == 1);
    SandboxId frozen = kiln.launcher().newest();
    assertThat(frozen).isNotNull();
    kiln.pool().retire(cold.key());
    kiln.awaitCleanSlots();
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
