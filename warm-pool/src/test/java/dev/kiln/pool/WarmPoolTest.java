package dev.kiln.pool;

import static dev.kiln.pool.TestingCaller.await;
import static dev.kiln.pool.TestingCaller.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.contract.Deadline;
import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.contract.InvocationException.OverCapacity;
import dev.kiln.contract.Isolation;
import dev.kiln.contract.StartType;
import dev.kiln.pool.TestingCaller.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How the pool serves calls: with real sockets and pipes, and sandboxes that are threads. */
class WarmPoolTest extends TestingWarmPool {

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
    assertThat(TestingCaller.failure(waiting))
        .isInstanceOf(OfEngine.class)
        .hasMessageContaining("was removed");
    join(running);
  }

  @Test
  void startsWhatIsToBeKeptWarmBeforeAnybodyCalls() {
    engine.pool().prepare(TestingVersions.of("testing").minWarm(2).named("warm"));
    await("two are idle", () -> engine.pool().snapshot().versions().get(0).idle() == 2);
    Version warm = TestingVersions.of("testing").minWarm(2).named("warm");
    assertThat(caller.call(warm, "1").startType()).isEqualTo(StartType.WARM);
  }

  @Test
  void keepsHalfOfTheSlotsForCallsAndStemsWhateverIsToBeKeptWarm() throws Exception {
    for (int i = 0; i < SLOTS; i++) {
      engine
          .pool()
          .prepare(
              TestingVersions.of("testing").minWarm(SLOTS).concurrency(SLOTS).named("warm" + i));
    }
    Thread.sleep(1500); // several rounds of the keeper
    assertThat(warm()).isEqualTo(SLOTS / 2);
    assertThat(caller.call(version, "1").text()).isEqualTo("1");
  }

  @Test
  void evictsWhatIsKeptWarmForACallOfAnotherVersion() {
    Version greedy = TestingVersions.of("testing").minWarm(100).concurrency(SLOTS).named("greedy");
    engine.pool().prepare(greedy);
    List<CompletableFuture<Result>> calls = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      calls.add(caller.start(greedy, "\"sleep:200\""));
    }
    await("all run", () -> busy() == SLOTS);
    calls.forEach(TestingCaller::join);
    assertThat(warm()).isEqualTo(SLOTS);
    assertThat(caller.call(version, "1").startType()).isEqualTo(StartType.FORKED);
  }

  private int warm() {
    return engine.pool().snapshot().versions().stream()
        .mapToInt(PoolSnapshot.VersionCount::idle)
        .sum();
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
  void leavesNoSandboxWhenItIsClosed() {
    caller.call(version, "1");
    engine.pool().close();
    await("none lives", () -> host.living().isEmpty());
    assertThat(caller.fail(version, "1")).hasMessage("Kiln is shutting down.");
  }
}
