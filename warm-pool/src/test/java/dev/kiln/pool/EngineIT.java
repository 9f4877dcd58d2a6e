package dev.kiln.pool;

import static dev.kiln.pool.TestingCaller.await;
import static dev.kiln.pool.TestingCaller.join;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.contract.Deadline;
import dev.kiln.contract.InvocationException.Fault;
import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.contract.InvocationException.OfFunction;
import dev.kiln.contract.Isolation;
import dev.kiln.contract.StartType;
import dev.kiln.pool.TestingCaller.Result;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What functions do, and what goes wrong in them, in real sandboxes. */
class EngineIT {

  private static TestingEngine kiln;
  private static TestingCaller caller;
  private static Version version;

  @BeforeAll
  static void start() throws Exception {
    kiln = TestingEngine.start(TestingEngine.config());
    caller = kiln.caller();
    version = kiln.function("app.py").named("ordinary");
  }

  @AfterAll
  static void end() {
    kiln.close();
  }

  @Test
  void answersAFirstCallFromAStemAndTheNextFromTheSameProcess() {
    kiln.awaitStems();
    Version fresh = kiln.function("app.py").named("first");
    Result first = caller.call(fresh, "{\"do\":\"count\"}");
    Result second = caller.call(fresh, "{\"do\":\"count\"}");
    assertThat(first)
        .extracting(Result::startType, Result::text)
        .containsExactly(StartType.PREWARMED, "1");
    assertThat(second)
        .extracting(Result::startType, Result::text)
        .containsExactly(StartType.WARM, "2");
  }

  @Test
  void forksWhenAllStemsAreTaken() {
    Version wide = kiln.function("app.py").concurrency(20).named("wide");
    List<CompletableFuture<Result>> calls =
        IntStream.range(0, 20)
            .mapToObj(i -> caller.start(wide, "{\"do\":\"sleep\",\"seconds\":0.3}"))
            .toList();
    assertThat(calls.stream().map(TestingCaller::join).map(Result::startType))
        .contains(StartType.FORKED)
        .doesNotContain(StartType.WARM);
  }

  @Test
  void runsNothingWhereTheCodeCannotBeAttached() {
    Version lost = kiln.function("app.py").code("f".repeat(64)).named("lost");
    assertThat(caller.fail(lost, "{}"))
        .isInstanceOf(OfEngine.class)
        .hasMessageContaining("could not be given its code");
    assertThat(caller.call(version, "{\"do\":\"count\"}").text()).matches("\\d+");
  }

  @Test
  void runsWhatWasCompiledAtDeployment() {
    Version plain = kiln.function("app.py").named("plain");
    Pool.Compiled compiled =
        join(
            kiln.pool()
                .compile(
                    "python3.11", plain.code(), "app.handler", Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture());
    assertThat(compiled.bundle()).isNotEmpty();
    assertThat(compiled.warnings()).isEqualTo("[]");
    Version bundled = kiln.function("app.py").bundle(compiled.bundle()).named("bundled");
    assertThat(caller.call(bundled, "{\"do\":\"file\"}").text()).isEqualTo("\"/var/task/app.py\"");
  }

  @Test
  void warnsOfASyntaxErrorWhenItCompiles() {
    Pool.Compiled compiled =
        join(
            kiln.pool()
                .compile(
                    "python3.11",
                    kiln.function("broken.py").named("broken").code(),
                    "app.handler",
                    Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture());
    assertThat(compiled.warnings()).contains("app.py");
  }

  @Test
  void tellsWhatAHandlerRaised() {
    OfFunction error = fail(version, "{\"do\":\"raise\"}", Fault.RAISED);
    assertThat(error.errorType()).isEqualTo("ValueError");
    assertThat(error).hasMessage("no");
    assertThat(String.join("", error.stackTrace()))
        .contains("/var/task/app.py")
        .contains("in raise_");
  }

  @Test
  void tellsASyntaxErrorAtImport() {
    OfFunction error = fail(kiln.function("broken.py").named("syntax"), "{}", Fault.INIT_FAILED);
    assertThat(error.errorType()).isEqualTo("Runtime.UserCodeSyntaxError");
    assertThat(error.getMessage()).contains("app");
  }

  @Test
  void tellsThatTheHandlerIsMissing() {
    OfFunction error =
        fail(
            kiln.function("app.py").handler("app.absent").named("absent"), "{}", Fault.INIT_FAILED);
    assertThat(error.errorType()).isEqualTo("Runtime.HandlerNotFound");
    assertThat(error).hasMessage("Handler 'absent' missing on module 'app'");
  }

  @Test
  void tellsThatTheModuleIsMissing() {
    OfFunction error =
        fail(
            kiln.function("app.py").handler("other.handler").named("other"),
            "{}",
            Fault.INIT_FAILED);
    assertThat(error.errorType()).isEqualTo("Runtime.ImportModuleError");
  }

  @Test
  void tellsAnExitStatus() {
    OfFunction error = fail(version, "{\"do\":\"exit\",\"status\":3}", Fault.EXITED);
    assertThat(error.errorType()).isEqualTo("Runtime.ExitError");
    assertThat(error.getMessage())
        .matches("RequestId: request-\\d+ Error: Runtime exited with error: exit status 3");
  }

  @Test
  void tellsASegmentationFault() {
    OfFunction error = fail(version, "{\"do\":\"segfault\"}", Fault.EXITED);
    assertThat(error.getMessage())
        .endsWith("Runtime exited with error: signal: segmentation fault");
  }

  @Test
  void endsAnInfiniteLoopAtTheTimeout() {
    Version hasty = kiln.function("app.py").timeout(Duration.ofMillis(500)).named("hasty");
    OfFunction error = fail(hasty, "{\"do\":\"spin\"}", Fault.TIMED_OUT);
    assertThat(error.errorType()).isEqualTo("Sandbox.Timedout");
    assertThat(error).hasMessage("Task timed out after 0.50 seconds");
    assertThat(caller.call(hasty, "{\"do\":\"echo\"}").startType()).isNotEqualTo(StartType.WARM);
  }

  @Test
  void endsOneThatIgnoresEverySignalAtTheTimeout() {
    Version hasty = kiln.function("app.py").timeout(Duration.ofMillis(500)).named("stubborn");
    fail(hasty, "{\"do\":\"ignore signals\"}", Fault.TIMED_OUT);
    kiln.awaitCleanSlots();
  }

  @Test
  void saysOutOfMemoryWhileANeighbourGoesOn() {
    Version neighbour = kiln.function("app.py").named("neighbour");
    CompletableFuture<Result> sleeping =
        caller.start(neighbour, "{\"do\":\"sleep\",\"seconds\":1}");
    OfFunction error =
        fail(version, "{\"do\":\"allocate\",\"megabytes\":1024}", Fault.OUT_OF_MEMORY);
    assertThat(error.errorType()).isEqualTo("Runtime.OutOfMemory");
    assertThat(error.getMessage()).contains("limit of 128 MB");
    assertThat(join(sleeping).text()).isEqualTo("null");
    assertThat(caller.call(neighbour, "{\"do\":\"echo\"}").startType()).isEqualTo(StartType.WARM);
  }

  @Test
  void saysOutOfMemoryWhenAChildOfTheFunctionNeedsTooMuch() {
    fail(version, "{\"do\":\"allocate in a child\",\"megabytes\":1024}", Fault.OUT_OF_MEMORY);
  }

  @Test
  void refusesAHugeAnswer() {
    Version large = kiln.function("app.py").memoryMb(1024).named("large");
    OfFunction error = fail(large, "{\"do\":\"answer\",\"megabytes\":100}", Fault.ANSWER_TOO_LARGE);
    assertThat(error.errorType()).isEqualTo("Function.ResponseSizeTooLarge");
    assertThat(error.getMessage()).contains("1048576 bytes");
    assertThat(caller.call(large, "{\"do\":\"echo\"}").startType()).isEqualTo(StartType.WARM);
  }

  @Test
  void endsASandboxThatSendsAHugeAnswerItself() {
    fail(version, "{\"do\":\"announce\",\"bytes\":1073741824}", Fault.ANSWER_TOO_LARGE);
  }

  @Test
  void endsASandboxThatAnswersByteByByteAtTheTimeout() {
    Version slow = kiln.function("app.py").timeout(Duration.ofMillis(500)).named("slow");
    fail(slow, "{\"do\":\"dribble\"}", Fault.TIMED_OUT);
  }

  @Test
  void survivesALogFlood() {
    Result result = caller.call(version, "{\"do\":\"flood\",\"megabytes\":64}");
    assertThat(result.text()).isEqualTo("\"flooded\"");
    assertThat(kiln.bytesLogged(version)).isLessThan(32L << 20);
    assertThat(kiln.bytesDropped(version)).isPositive();
  }

  @Test
  void tellsEachLineUnderItsOwnRequest() {
    Version printing = kiln.function("app.py").named("printing");
    for (int i = 0; i < 20; i++) {
      Result result = caller.call(printing, "{\"do\":\"print\",\"text\":\"line " + i + "\"}");
      assertThat(kiln.lines(result.requestId())).containsExactly("line " + i);
    }
  }

  @Test
  void containsAForkBomb() {
    Version bomb =
        kiln.function("app.py").processes(32).timeout(Duration.ofSeconds(2)).named("bomb");
    Version neighbour = kiln.function("app.py").named("beside the bomb");
    CompletableFuture<?> exploding =
        caller.start(bomb, "{\"do\":\"fork bomb\"}").handle((result, error) -> result);
    for (int i = 0; i < 10; i++) {
      assertThat(caller.call(neighbour, "{\"do\":\"echo\"}").text())
          .isEqualTo("{\"do\": \"echo\"}");
    }
    exploding.join();
    kiln.pool().retire(bomb.key());
    kiln.awaitCleanSlots();
  }

  @Test
  void hidesThatAnIdleSandboxWasKilled() {
    Version mortal = kiln.function("app.py").named("mortal");
    for (int i = 0; i < 10; i++) {
      assertThat(caller.call(mortal, "{\"do\":\"file\"}").text()).contains("app.py");
      kiln.launcher().kill(kiln.launcher().newest()).toCompletableFuture().join();
    }
  }

  @Test
  void endsASandboxThatForgesAnAnswerBeforeItIsAsked() {
    Version forger = kiln.function("app.py").named("forger");
    assertThat(caller.call(forger, "{\"do\":\"forge\"}").text()).isEqualTo("\"forged\"");
    await(
        "the forger is ended",
        () -> kiln.count(forger).idle() == 0 && kiln.count(forger).recycled() == 1);
    assertThat(caller.call(forger, "{\"do\":\"echo\"}").text()).isEqualTo("{\"do\": \"echo\"}");
  }

  @Test
  void endsASandboxThatAnswersAnInvocationOfAnother() {
    fail(version, "{\"do\":\"forge another's\"}", Fault.PROTOCOL);
  }

  @Test
  void usesASandboxForOneCallWithFreshIsolation() {
    Version fresh = kiln.function("app.py").isolation(Isolation.FRESH).named("fresh");
    for (int i = 0; i < 3; i++) {
      Result result = caller.call(fresh, "{\"do\":\"count\"}");
      assertThat(result.text()).isEqualTo("1");
      assertThat(result.startType()).isNotEqualTo(StartType.WARM);
    }
    kiln.awaitCleanSlots();
  }

  @Test
  void leavesNoProcessOfARetiredVersion() {
    Version daemonic = kiln.function("app.py").named("daemonic");
    caller.call(daemonic, "{\"do\":\"daemon\"}");
    kiln.pool().retire(daemonic.key());
    kiln.awaitCleanSlots();
  }

  @Test
  void keepsWarmWhatShouldBeWarm() {
    Version warm = kiln.function("app.py").minWarm(2).named("kept warm");
    kiln.pool().prepare(warm);
    await("two are idle", () -> kiln.count(warm).idle() == 2);
    assertThat(caller.call(warm, "{\"do\":\"count\"}"))
        .extracting(Result::startType, Result::text)
        .containsExactly(StartType.WARM, "1");
  }

  private static OfFunction fail(Version called, String event, Fault fault) {
    OfFunction error = (OfFunction) caller.fail(called, event);
    assertThat(error.fault()).as(error.getMessage()).isEqualTo(fault);
    return error;
  }
}
