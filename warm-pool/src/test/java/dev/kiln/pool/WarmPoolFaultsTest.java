package dev.kiln.pool;

import static dev.kiln.pool.TestingCaller.await;
import static dev.kiln.pool.TestingCaller.join;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.contract.Deadline;
import dev.kiln.contract.InvocationException;
import dev.kiln.contract.InvocationException.Fault;
import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.contract.InvocationException.OfFunction;
import dev.kiln.contract.StartType;
import dev.kiln.launcher.Exit;
import dev.kiln.pool.TestingCaller.Result;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the pool makes of sandboxes, functions and callers that fail. */
class WarmPoolFaultsTest extends TestingWarmPool {

  @Test
  void keepsASandboxWhoseHandlerRaised() {
    OfFunction error = (OfFunction) caller.fail(version, "\"raise\"");
    assertThat(error.fault()).isEqualTo(Fault.RAISED);
    assertThat(error.errorType()).isEqualTo("ValueError");
    assertThat(error.stackTrace()).containsExactly("line");
    assertThat(caller.call(version, "1").startType()).isEqualTo(StartType.WARM);
  }

  @Test
  void namesAnExitStatus() {
    expect(
        caller.fail(version, "\"exit:3\""),
        Fault.EXITED,
        "Runtime.ExitError",
        "RequestId: request-1 Error: Runtime exited with error: exit status 3");
    assertThat(caller.call(version, "1").startType()).isNotEqualTo(StartType.WARM);
  }

  @Test
  void namesASignal() {
    expect(
        caller.fail(version, "\"signal:11\""),
        Fault.EXITED,
        "Runtime.ExitError",
        "RequestId: request-1 Error: Runtime exited with error: signal: segmentation fault");
  }

  @Test
  void saysOutOfMemoryWhenTheKernelKilledForIt() {
    CompletableFuture<Result> call = hanging(version);
    host.end(host.newest(), new Exit(9, 1, 0, 0));
    expect(
        TestingCaller.failure(call),
        Fault.OUT_OF_MEMORY,
        "Runtime.OutOfMemory",
        "RequestId: request-1 Error: Runtime ran out of memory: it met the function's limit of 128 MB");
  }

  @Test
  void saysThatTheZygoteDied() {
    CompletableFuture<Result> call = hanging(version);
    host.end(host.newest(), new Exit(Exit.WITH_ZYGOTE, 0, 0, 0));
    assertThat(TestingCaller.failure(call))
        .isInstanceOf(OfEngine.class)
        .hasMessageContaining("zygote of testing died");
  }

  @Test
  void killsAtTheDeadline() {
    Version hasty = TestingVersions.of("testing").timeout(Duration.ofMillis(250)).named("a");
    expect(
        caller.fail(hasty, "\"hang\""),
        Fault.TIMED_OUT,
        "Sandbox.Timedout",
        "Task timed out after 0.25 seconds");
    await(
        "it is gone",
        () -> engine.pool().snapshot().transitions().getOrDefault("DYING>GONE", 0L) == 1);
  }

  @Test
  void refusesAnAnswerThatIsTooLarge() {
    Version small = TestingVersions.of("testing").maxAnswerBytes(100_000).named("a");
    assertThat(caller.call(small, "\"big:100000\"").text()).hasSize(100_000);
    expect(
        caller.fail(small, "\"big:100001\""),
        Fault.ANSWER_TOO_LARGE,
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (100000 bytes).");
  }

  @Test
  void saysThatThereIsNoRoomForAnAnswerThatComesInPieces() {
    Version resting = TestingVersions.of("testing").timeout(Duration.ofSeconds(2)).named("resting");
    CompletableFuture<Result> part = caller.start(resting, "\"part:1000000\"");
    await("it rests", () -> host.anyHasSeen("sent a part"));
    assertThat(caller.fail(version, "\"big:1000000\""))
        .isInstanceOf(OfEngine.class)
        .hasMessageContaining("unfinished messages");
    assertThat(((OfFunction) TestingCaller.failure(part)).fault()).isEqualTo(Fault.TIMED_OUT);
    assertThat(caller.call(version, "\"big:1000000\"").text()).hasSize(1000000);
  }

  @Test
  void endsASandboxThatAnswersAnotherInvocation() {
    OfFunction error = (OfFunction) caller.fail(version, "\"foreign\"");
    assertThat(error.fault()).isEqualTo(Fault.PROTOCOL);
    assertThat(caller.call(version, "1").startType()).isNotEqualTo(StartType.WARM);
  }

  @Test
  void endsASandboxThatAnswersTwice() {
    assertThat(caller.call(version, "\"twice\"").text()).isEqualTo("\"twice\"");
    await("it is ended", () -> engine.pool().snapshot().transitions().containsKey("DYING>GONE"));
    assertThat(caller.call(version, "1").text()).isEqualTo("1");
  }

  @Test
  void tellsWhatInitialisationRaised() {
    Version broken = TestingVersions.of("testing").handler("fail.init").named("b");
    OfFunction error = (OfFunction) caller.fail(broken, "1");
    assertThat(error.fault()).isEqualTo(Fault.INIT_FAILED);
    assertThat(error.errorType()).isEqualTo("SyntaxError");
    assertThat(((OfFunction) caller.fail(broken, "1")).fault())
        .as("not kept")
        .isEqualTo(Fault.INIT_FAILED);
  }

  @Test
  void doesNotRepeatAnInitialisationThatExits() {
    Version broken = TestingVersions.of("testing").handler("exit.init").named("b");
    assertThat(caller.fail(broken, "1")).hasMessageEndingWith("exit status 7");
    assertThat(host.count("attach")).isEqualTo(1);
  }

  @Test
  void tellsThatTheCodeCouldNotBeAttached() {
    host.refusedAttaches.set(1);
    assertThat(caller.fail(version, "1"))
        .isInstanceOf(OfEngine.class)
        .hasMessageContaining("code and limits");
    assertThat(host.count("attach")).isEqualTo(1);
    assertThat(caller.call(version, "2").startType()).isNotEqualTo(StartType.WARM);
  }

  @Test
  void hidesThatStemsDiedBeforeTheyHadTheCode() {
    host.deathsAtAttach.set(3);
    assertThat(caller.call(version, "1").text()).isEqualTo("1");
    assertThat(host.count("attach")).isEqualTo(4);
  }

  @Test
  void givesUpWhereStemAfterStemIsDead() {
    host.deathsAtAttach.set(100);
    assertThat(caller.fail(version, "1")).isInstanceOf(OfEngine.class);
    assertThat(host.count("attach")).isEqualTo(4);
  }

  @Test
  void hidesThatAnIdleSandboxDied() {
    caller.call(version, "1");
    host.end(host.newest(), new Exit(9, 0, 0, 0));
    assertThat(caller.call(version, "2").text()).isEqualTo("2");
  }

  @Test
  void sendsOnceMoreWhatADyingSandboxDidNotRead() {
    caller.call(version, "\"deaf\"");
    CompletableFuture<Result> call = caller.start(version, "2");
    await("it was sent", () -> busy() == 1);
    host.end(host.newest(), new Exit(9, 0, 0, 0));
    assertThat(join(call).text()).isEqualTo("2");
  }

  @Test
  void recoversFromStemsThatDie() {
    awaitStems(2);
    host.living().forEach(one -> host.end(one.id(), new Exit(Exit.WITH_ZYGOTE, 0, 0, 0)));
    assertThat(caller.call(version, "1").text()).isEqualTo("1");
    awaitStems(2);
  }

  @Test
  void losesNoSlotWhoseSandboxEndedBeforeTheAnswerToItsSpawnWasHandled() {
    awaitStems(2);
    host.tellNextExitFirst = true;
    caller.call(version, "1");
    await("a sandbox ended so", () -> !host.tellNextExitFirst);
    engine.pool().retire(version.key());
    await(
        "every slot is free or holds a stem",
        () ->
            engine.pool().snapshot().slotsUsed()
                == runtime().stemsPlain() + runtime().stemsWarmed());
  }

  @Test
  void triesAgainWhenSandboxesCannotBeForked() {
    host.refuseSpawns = true;
    awaitStems(0);
    host.refuseSpawns = false;
    awaitStems(2);
  }

  @Test
  void destroysASandboxWhoseLeaseWasClosedWithoutAnAnswer() {
    Lease lease = join(caller.lease(version, Deadline.in(Duration.ofSeconds(5))));
    lease.close();
    lease.close();
    await(
        "it is gone",
        () -> engine.pool().snapshot().transitions().getOrDefault("DYING>GONE", 0L) == 1);
    assertThat(busy()).isZero();
  }

  @Test
  void freesTheConcurrencyOfACallerThatHungUp() {
    Version single = TestingVersions.of("testing").concurrency(1).named("c");
    Deadline deadline = Deadline.in(Duration.ofSeconds(5));
    Lease lease = join(caller.lease(single, deadline));
    CompletableFuture<Result> abandoned = caller.send(lease, deadline, "\"hang\"");
    lease.close();
    assertThat(TestingCaller.failure(abandoned)).isInstanceOf(OfEngine.class);
    assertThat(caller.call(single, "1").text()).isEqualTo("1");
  }

  private void expect(InvocationException error, Fault fault, String errorType, String message) {
    OfFunction failed = (OfFunction) error;
    assertThat(failed.fault()).isEqualTo(fault);
    assertThat(failed.errorType()).isEqualTo(errorType);
    assertThat(failed).hasMessage(message);
  }

  /** Begins a call that is not answered, and waits until it runs. */
  private CompletableFuture<Result> hanging(Version called) {
    CompletableFuture<Result> call = caller.start(called, "\"hang\"");
    await("it runs", () -> host.anyHasSeen("request-1"));
    return call;
  }
}
