package dev.kiln.pool;

import static dev.kiln.pool.TestingCaller.await;
import static dev.kiln.pool.TestingCaller.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.contract.Deadline;
import dev.kiln.contract.InvocationException;
import dev.kiln.contract.InvocationException.Fault;
import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.contract.InvocationException.OfFunction;
import dev.kiln.contract.InvocationException.OverCapacity;
import dev.kiln.contract.Isolation;
import dev.kiln.contract.StartType;
import dev.kiln.launcher.Exit;
import dev.kiln.log.LogLimits;
import dev.kiln.pool.TestingCaller.Result;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pool with real sockets and pipes, and sandboxes that are threads. */
class WarmPoolTest {

  private static final int SLOTS = 8;

  private final EventLoopGroup loops = new EpollEventLoopGroup(2);
  private final EventLoop loop = loops.next();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final TestingHost host = new TestingHost(SLOTS);
  private final Engine engine = start(Duration.ofHours(1), 1L << 30);
  private final TestingCaller caller = new TestingCaller(engine.pool(), loop);
  private final Version version = TestingVersions.of("testing").concurrency(2).named("a");

  private Engine start(Duration freezeAfter, long keepAliveBytes) {
    PoolConfig config =
        new PoolConfig(
            2,
            SLOTS,
            1,
            2,
            1000,
            keepAliveBytes,
            freezeAfter,
            0,
            2,
            20,
            Duration.ofSeconds(5),
            1,
            64L << 20,
            1 << 20);
    return Engine.start(
        new EngineConfig(0, Path.of("/"), List.of("testing"), LogLimits.standard(), config),
        host,
        host,
        loops,
        (function, request, stream, line, dropped) -> lines.add(request.orElse("-") + " " + line));
  }

  @AfterEach
  void close() {
    engine.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void servesTheFirstCallFromAStemAndTheNextFromTheSameSandbox() {
    awaitStems(2);
    Result first = caller.call(version, "\"hello\"");
    Result second = caller.call(version, "\"again\"");
    assertThat(first)
        .extracting(Result::startType, Result::text)
        .containsExactly(StartType.PREWARMED, "\"hello\"");
    assertThat(second)
        .extracting(Result::startType, Result::text)
        .containsExactly(StartType.WARM, "\"again\"");
    assertThat(host.count("attach")).isEqualTo(1);
  }

  @Test
  void warmsAsManyStemsAsItShouldAndLeasesThoseFirst() {
    awaitStems(2);
    await("one is warmed", () -> runtime().stemsWarmed() == 1);
    caller.call(version, "1");
    assertThat(engine.pool().snapshot().transitions()).containsEntry("WARMED>BUSY", 1L);
  }

  @Test
  void forksWhenNoStemIsReady() {
    host.holdSpawns();
    awaitNoStems();
    CompletableFuture<Result> call = caller.start(version, "1");
    host.releaseSpawns();
    assertThat(join(call).startType()).isEqualTo(StartType.FORKED);
  }

  @Test
  void limitsASandboxAsItsFunctionIsLimited() {
    awaitStems(2);
    assertThat(host.limits.values()).noneMatch(limits -> limits.processes() == 7);
    caller.call(TestingVersions.of("testing").processes(7).named("small"), "1");
    assertThat(host.limits.values()).filteredOn(limits -> limits.processes() == 7).hasSize(1);
  }

  @Test
  void tellsWhatTheFunctionPrintedUnderItsRequest() {
    Result result = caller.call(version, "\"print:hello\"");
    assertThat(lines).containsExactly(result.requestId() + " hello");
  }

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
        failure(call),
        Fault.OUT_OF_MEMORY,
        "Runtime.OutOfMemory",
        "RequestId: request-1 Error: Runtime ran out of memory: it met the function's limit of 128 MB");
  }

  @Test
  void saysThatTheZygoteDied() {
    CompletableFuture<Result> call = hanging(version);
    host.end(host.newest(), new Exit(Exit.WITH_ZYGOTE, 0, 0, 0));
    assertThat(failure(call))
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
  void givesASandboxBackToAWaitingCall() {
    CompletableFuture<Result> first = caller.start(version, "\"sleep:50\"");
    CompletableFuture<Result> second = caller.start(version, "\"sleep:50\"");
    CompletableFuture<Result> third = caller.start(version, "3");
    assertThat(join(third).startType()).isEqualTo(StartType.WARM);
    join(first);
    join(second);
    assertThat(host.count("attach")).isEqualTo(2);
  }

  @Test
  void refusesACallWhenTheLineIsFull() {
    List<CompletableFuture<Result>> calls = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      calls.add(caller.start(version, "\"sleep:100\""));
    }
    assertThat(caller.fail(version, "1"))
        .isInstanceOfSatisfying(
            OverCapacity.class,
            over -> assertThat(over.reason()).isEqualTo("function-concurrency"));
    calls.forEach(TestingCaller::join);
  }

  @Test
  void refusesACallThatWaitedTooLong() {
    Version single = TestingVersions.of("testing").concurrency(1).named("c");
    CompletableFuture<Result> running = caller.start(single, "\"sleep:400\"");
    await("it runs", () -> busy() == 1);
    assertThatThrownBy(() -> join(caller.lease(single, Deadline.in(Duration.ofMillis(50)))))
        .isInstanceOf(OverCapacity.class);
    join(running);
    assertThat(caller.call(single, "1").startType()).isEqualTo(StartType.WARM);
  }

  @Test
  void evictsWhatIsWorthLeastWhenSlotsLack() {
    for (int i = 0; i < 3 * SLOTS; i++) {
      caller.call(TestingVersions.of("testing").named("f" + i), "1");
    }
    assertThat(runtime().evicted()).isPositive();
  }

  @Test
  void stemsLeaveHalfOfTheSlotsToSandboxesThatHaveServed() throws Exception {
    for (int i = 0; i < 8 * SLOTS; i++) {
      caller.call(TestingVersions.of("testing").named("f" + i), "1");
    }
    assertThat(runtime().stemTarget()).isEqualTo(SLOTS);
    Thread.sleep(1000); // several rounds of the keeper
    assertThat(engine.pool().snapshot().versions().stream().mapToInt(count -> count.idle()).sum())
        .isGreaterThanOrEqualTo(SLOTS / 2);
  }

  @Test
  void servesAnotherVersionWhenEverySandboxIsBusyOnceOneIsFree() {
    Version wide = TestingVersions.of("testing").concurrency(SLOTS).named("wide");
    List<CompletableFuture<Result>> calls = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      calls.add(caller.start(wide, "\"sleep:200\""));
    }
    await("all run", () -> busy() == SLOTS);
    assertThat(caller.call(version, "1").startType()).isEqualTo(StartType.FORKED);
    calls.forEach(TestingCaller::join);
  }

  @Test
  void usesASandboxOnceWithFreshIsolation() {
    Version fresh = TestingVersions.of("testing").isolation(Isolation.FRESH).named("f");
    for (int i = 0; i < 5; i++) {
      assertThat(caller.call(fresh, "1").startType()).isNotEqualTo(StartType.WARM);
    }
    assertThat(host.count("attach")).isEqualTo(5);
  }

  @Test
  void runsNothingOfARetiredVersionAgain() {
    caller.call(version, "1");
    CompletableFuture<Result> running = caller.start(version, "\"sleep:50\"");
    await("it runs", () -> busy() == 1);
    engine.pool().retire(version.key());
    join(running);
    await(
        "both are gone",
        () -> engine.pool().snapshot().transitions().getOrDefault("DYING>GONE", 0L) == 1);
    assertThat(engine.pool().snapshot().versions()).isEmpty();
    assertThat(caller.call(version, "1").startType()).isNotEqualTo(StartType.WARM);
  }

  @Test
  void failsTheWaitingCallsOfARetiredVersion() {
    Version single = TestingVersions.of("testing").concurrency(1).named("c");
    CompletableFuture<Result> running = caller.start(single, "\"sleep:200\"");
    await("it runs", () -> busy() == 1);
    CompletableFuture<Result> waiting = caller.start(single, "1");
    await("it waits", () -> engine.pool().snapshot().versions().get(0).waiting() == 1);
    engine.pool().retire(single.key());
    assertThat(failure(waiting)).isInstanceOf(OfEngine.class).hasMessageContaining("was removed");
    join(running);
  }

  @Test
  void startsWhatIsToBeKeptWarmBeforeAnybodyCalls() {
    engine.pool().keepWarm(TestingVersions.of("testing").minWarm(2).named("warm"));
    await("two are idle", () -> engine.pool().snapshot().versions().get(0).idle() == 2);
    Version warm = TestingVersions.of("testing").minWarm(2).named("warm");
    assertThat(caller.call(warm, "1").startType()).isEqualTo(StartType.WARM);
  }

  @Test
  void compilesInASandboxThatIsUsedOnce() {
    Pool.Compiled compiled =
        join(
            engine
                .pool()
                .compile(
                    "testing", "1".repeat(64), "app.handler", Deadline.in(Duration.ofSeconds(5)))
                .toCompletableFuture());
    assertThat(compiled.bundle()).containsExactly(1, 2, 3);
    assertThat(compiled.warnings())
        .isEqualTo("[{\"file\":\"app.py\",\"line\":1,\"message\":\"no\"}]");
    await(
        "it is gone",
        () -> engine.pool().snapshot().transitions().getOrDefault("DYING>GONE", 0L) == 1);
  }

  @Test
  void saysThatThereIsNoSuchRuntime() {
    assertThatThrownBy(() -> caller.call(TestingVersions.of("cobol").named("x"), "1"))
        .isInstanceOf(OfEngine.class)
        .hasMessageContaining("no runtime cobol");
  }

  @Test
  void isReadyOnceAStemHasAnsweredAndNotWhileItsZygoteIsDown() {
    engine.ready().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    assertThat(engine.isReady()).isTrue();
    host.tellZygote(false);
    await("it is not ready", () -> !engine.isReady());
    host.tellZygote(true);
    await("it is ready", engine::isReady);
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
    assertThat(failure(abandoned)).isInstanceOf(OfEngine.class);
    assertThat(caller.call(single, "1").text()).isEqualTo("1");
  }

  @Test
  void leavesNoSandboxWhenItIsClosed() {
    caller.call(version, "1");
    engine.pool().close();
    await("none lives", () -> host.living().isEmpty());
    assertThat(caller.fail(version, "1")).hasMessage("Kiln is shutting down.");
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

  private static InvocationException failure(CompletableFuture<?> call) {
    try {
      join(call);
    } catch (InvocationException e) {
      return e;
    }
    throw new AssertionError("it did not fail");
  }

  private PoolSnapshot.Runtime runtime() {
    return engine.pool().snapshot().runtimes().get(0);
  }

  private int busy() {
    return engine.pool().snapshot().versions().stream()
        .mapToInt(PoolSnapshot.VersionCount::busy)
        .sum();
  }

  private void awaitStems(int count) {
    await(count + " stems", () -> runtime().stemsPlain() + runtime().stemsWarmed() >= count);
  }

  /** Takes every stem that there is away; with spawns held, no other comes. */
  private void awaitNoStems() {
    await(
        "no stem",
        () -> {
          host.living().forEach(one -> host.end(one.id(), new Exit(9, 0, 0, 0)));
          return runtime().stemsPlain() + runtime().stemsWarmed() == 0 && host.living().isEmpty();
        });
  }
}
