package dev.kiln.pool;

import static dev.kiln.pool.TestingCaller.join;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.contract.InvocationException;
import dev.kiln.contract.InvocationException.Fault;
import dev.kiln.contract.InvocationException.OfFunction;
import dev.kiln.contract.Isolation;
import dev.kiln.contract.StartType;
import dev.kiln.pool.TestingCaller.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code fork} isolation in real sandboxes. */
class CopiesIT {

  private static TestingEngine kiln;
  private static TestingCaller caller;

  @BeforeAll
  static void start() {
    kiln = TestingEngine.start(TestingEngine.config());
    caller = kiln.caller();
  }

  @AfterAll
  static void end() {
    kiln.close();
  }

  private static TestingVersions forked() {
    return kiln.function("app.py").isolation(Isolation.FORK);
  }

  @Test
  void startsEveryCallFromTheInitialisedProcess() {
    Version version = forked().named("counting");
    kiln.awaitStems();
    Result first = caller.call(version, "{\"do\":\"count\"}");
    assertThat(first.startType()).isEqualTo(StartType.PREWARMED);
    assertThat(first.text()).isEqualTo("1");
    for (int i = 0; i < 5; i++) {
      Result next = caller.call(version, "{\"do\":\"count\"}");
      assertThat(next.startType()).isEqualTo(StartType.WARM);
      assertThat(next.text()).as("no copy sees what another counted").isEqualTo("1");
    }
  }

  @Test
  void runsCopiesSideBySideUpToTheConcurrency() {
    Version version = forked().concurrency(3).named("parallel");
    long begun = System.nanoTime();
    List<CompletableFuture<Result>> calls = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      calls.add(caller.start(version, "{\"do\":\"sleep\",\"seconds\":1}"));
    }
    calls.forEach(TestingCaller::join);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertThat(took).as("two rounds of three").isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    assertThat(kiln.count(version).idle() + kiln.count(version).busy())
        .as("one sandbox")
        .isEqualTo(1);
  }

  @Test
  void tellsEachCopysLinesUnderItsOwnRequest() {
    Version version = forked().named("printing");
    List<CompletableFuture<Result>> calls = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      calls.add(caller.start(version, "{\"do\":\"print\",\"text\":\"line\"}"));
    }
    for (CompletableFuture<Result> call : calls) {
      assertThat(kiln.lines(join(call).requestId())).containsExactly("line");
    }
  }

  @Test
  void failsOneCallOfACopyThatDies() {
    Version version = forked().named("dying");
    assertThat(fail(version, "{\"do\":\"exit\",\"status\":3}", Fault.EXITED))
        .hasMessageEndingWith("exit status 3");
    assertThat(fail(version, "{\"do\":\"segfault\"}", Fault.EXITED))
        .hasMessageEndingWith("signal: segmentation fault");
    assertThat(fail(version, "{\"do\":\"raise\"}", Fault.RAISED)).hasMessage("no");
    assertThat(caller.call(version, "{\"do\":\"count\"}").startType()).isEqualTo(StartType.WARM);
  }

  @Test
  void tellsAtOnceThatACopyDiedWhoseChildHoldsItsLines() {
    Version version = forked().timeout(Duration.ofSeconds(20)).named("orphaning");
    assertThat(fail(version, "{\"do\":\"orphan\"}", Fault.EXITED))
        .hasMessageEndingWith("exit status 0");
    assertThat(caller.call(version, "{\"do\":\"count\"}").text()).isEqualTo("1");
  }

  @Test
  void endsOneCopyAtTheTimeoutAndNotItsNeighbour() {
    Version version = forked().timeout(Duration.ofSeconds(2)).named("hasty");
    CompletableFuture<Result> spinning = caller.start(version, "{\"do\":\"spin\"}");
    pause(1500);
    CompletableFuture<Result> sleeping = caller.start(version, "{\"do\":\"sleep\",\"seconds\":1}");
    assertThat(failure(spinning)).hasMessage("Task timed out after 2.00 seconds");
    assertThat(join(sleeping).text()).isEqualTo("null");
  }

  @Test
  void saysOutOfMemoryOfACopy() {
    fail(forked().named("greedy"), "{\"do\":\"allocate\",\"megabytes\":1024}", Fault.OUT_OF_MEMORY);
  }

  @Test
  void tellsWhatInitialisationRaised() {
    Version broken = kiln.function("broken.py").isolation(Isolation.FORK).named("broken");
    fail(broken, "{}", Fault.INIT_FAILED);
    fail(broken, "{}", Fault.INIT_FAILED);
  }

  @Test
  void fallsBackToFreshSandboxesWhereThereAreThreads() {
    Version threaded = kiln.function("threaded.py").isolation(Isolation.FORK).named("threaded");
    for (int i = 0; i < 3; i++) {
      Result result = caller.call(threaded, "{}");
      assertThat(result.text()).isEqualTo("1");
      assertThat(result.startType()).isNotEqualTo(StartType.WARM);
    }
  }

  @Test
  void replacesATemplateThatWasKilled() {
    Version version = forked().named("mortal");
    for (int i = 0; i < 5; i++) {
      assertThat(caller.call(version, "{\"do\":\"count\"}").text()).isEqualTo("1");
      kiln.launcher().kill(kiln.launcher().newest()).toCompletableFuture().join();
    }
  }

  @Test
  void endsADaemonThatACopyLeft() {
    Version version = forked().named("daemonic");
    for (int i = 0; i < 10; i++) {
      caller.call(version, "{\"do\":\"daemon\"}");
    }
    String processes = caller.call(version, "{\"do\":\"processes\"}").text();
    assertThat(Integer.parseInt(processes))
        .as("this copy, and at most the template and a spare copy")
        .isLessThanOrEqualTo(3);
  }

  @Test
  void leavesNothingWhenItIsRetired() {
    Version version = forked().named("retired");
    caller.call(version, "{\"do\":\"daemon\"}");
    kiln.pool().retire(version.key());
    kiln.awaitCleanSlots();
  }

  private static OfFunction fail(Version called, String event, Fault fault) {
    OfFunction error = (OfFunction) caller.fail(called, event);
    assertThat(error.fault()).as(error.getMessage()).isEqualTo(fault);
    return error;
  }

  private static InvocationException failure(CompletableFuture<?> call) {
    try {
      join(call);
    } catch (InvocationException e) {
      return e;
    }
    throw new AssertionError("it did not fail");
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
