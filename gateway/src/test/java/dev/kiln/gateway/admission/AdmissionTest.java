package dev.kiln.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.concurrent.DefaultEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class AdmissionTest {

  private static final DefaultEventExecutor LOOP = new DefaultEventExecutor();
  private static final Duration LONG = Duration.ofMinutes(1);

  @AfterAll
  static void stop() {
    LOOP.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static Admission admission(
      int running, int perFunction, int waiting, long bytes, Duration time) {
    return new Admission(new AdmissionLimits(running, perFunction, waiting, bytes, time));
  }

  private static Permit permit(Ticket ticket) {
    return ticket.admitted().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private static void assertRefused(Ticket ticket, Refusal refusal) {
    assertThatThrownBy(() -> permit(ticket))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(refusal));
  }

  @Test
  void upToItsConcurrencyAFunctionRunsAtOnceAndTheNextWaitsForTheFirstToEnd() {
    Admission admission = admission(10, 5, 5, 100, LONG);
    Ticket first = admission.admit("f", 2, 1, LOOP);
    Ticket second = admission.admit("f", 2, 1, LOOP);
    Ticket third = admission.admit("f", 2, 1, LOOP);
    assertThat(first.admitted().toCompletableFuture()).isDone();
    assertThat(second.admitted().toCompletableFuture()).isDone();
    assertThat(third.admitted().toCompletableFuture()).isNotDone();
    permit(first).close();
    permit(third);
    assertThat(admission.running()).isEqualTo(2);
    assertThat(admission.waiting()).isZero();
  }

  @Test
  void closingTwiceGivesOnePlaceBack() {
    Admission admission = admission(10, 5, 5, 100, LONG);
    Permit permit = permit(admission.admit("f", 2, 1, LOOP));
    permit(admission.admit("f", 2, 1, LOOP));
    permit.close();
    permit.close();
    assertThat(admission.running()).isEqualTo(1);
  }

  @Test
  void theQueueIsBoundedInCountBytesAndTime() {
    Admission admission = admission(1, 2, 3, 10, Duration.ofMillis(50));
    Permit running = permit(admission.admit("f", 1, 1, LOOP));
    Ticket waiting = admission.admit("f", 1, 4, LOOP);
    Ticket alsoWaiting = admission.admit("f", 1, 4, LOOP);
    assertRefused(admission.admit("f", 1, 1, LOOP), Refusal.FUNCTION_CONCURRENCY);
    assertRefused(admission.admit("g", 1, 4, LOOP), Refusal.QUEUE_BYTES);
    Ticket small = admission.admit("g", 1, 2, LOOP);
    assertRefused(admission.admit("h", 1, 0, LOOP), Refusal.NODE_CONCURRENCY);
    assertRefused(waiting, Refusal.QUEUE_TIME);
    assertRefused(alsoWaiting, Refusal.QUEUE_TIME);
    assertRefused(small, Refusal.QUEUE_TIME);
    assertThat(admission.waiting()).isZero();
    assertThat(admission.waitingBytes()).isZero();
    running.close();
    assertThat(admission.running()).isZero();
    assertThat(admission.refused(Refusal.QUEUE_TIME)).isEqualTo(3);
  }

  @Test
  void aCallerWhoLeavesTheQueueMakesRoomInIt() {
    Admission admission = admission(1, 1, 1, 10, LONG);
    Permit running = permit(admission.admit("f", 1, 1, LOOP));
    Ticket leaves = admission.admit("f", 1, 1, LOOP);
    leaves.close();
    Ticket stays = admission.admit("f", 1, 1, LOOP);
    running.close();
    permit(stays);
    assertThat(leaves.admitted().toCompletableFuture()).isNotDone();
  }

  @Test
  void functionsThatWaitForTheNodeTakeTurns() {
    Admission admission = admission(1, 10, 100, 1000, LONG);
    Permit running = permit(admission.admit("busy", 10, 1, LOOP));
    List<Ticket> busy = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      busy.add(admission.admit("busy", 10, 1, LOOP));
    }
    Ticket quiet = admission.admit("quiet", 10, 1, LOOP);
    running.close();
    permit(busy.get(0)).close();
    permit(quiet).close();
    permit(busy.get(1)).close();
    assertThat(admission.running()).isEqualTo(1);
  }

  @Test
  void aRaisedConcurrencyLetsThoseThatWaitRun() {
    Admission admission = admission(10, 10, 100, 1000, LONG);
    permit(admission.admit("f", 1, 1, LOOP));
    Ticket waiting = admission.admit("f", 1, 1, LOOP);
    permit(admission.admit("f", 3, 1, LOOP));
    permit(waiting);
    assertThat(admission.running()).isEqualTo(3);
  }
}
