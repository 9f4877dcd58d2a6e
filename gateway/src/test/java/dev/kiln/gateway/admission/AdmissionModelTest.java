package dev.kiln.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Random calls against what must hold whatever happens: no limit is passed, nothing waits beside
 * room for it.
 */
final class AdmissionModelTest {

  private static final DefaultEventExecutor LOOP = new DefaultEventExecutor();
  private static final int RUNNING = 4;
  private static final int PER_FUNCTION = 3;
  private static final int WAITING = 6;
  private static final int BYTES = 20;
  private static final int[] CONCURRENCY = {1, 2, 5};

  /** A ticket's owner does something: arrives at a function, or the n-th living one leaves. */
  record Move(boolean arrives, int function, int bytes, int which) {}

  private record Living(int function, Ticket ticket) {
    boolean runs() {
      return ticket.state == Ticket.State.RUNNING;
    }
  }

  @Property(tries = 200)
  void noLimitIsPassedAndNothingWaitsBesideRoomForIt(@ForAll("moves") List<Move> moves) {
    Admission admission =
        new Admission(
            new AdmissionLimits(RUNNING, PER_FUNCTION, WAITING, BYTES, Duration.ofDays(1)));
    List<Living> living = new ArrayList<>();
    for (Move move : moves) {
      if (move.arrives()) {
        arrive(admission, living, move);
      } else if (!living.isEmpty()) {
        living.remove(move.which() % living.size()).ticket().close();
      }
      check(admission, living);
    }
    living.forEach(one -> one.ticket().close());
    assertThat(admission.running()).isZero();
    assertThat(admission.waiting()).isZero();
    assertThat(admission.waitingBytes()).isZero();
  }

  private static void arrive(Admission admission, List<Living> living, Move move) {
    Ticket ticket =
        admission.admit("f" + move.function(), CONCURRENCY[move.function()], move.bytes(), LOOP);
    if (!ticket.admitted().toCompletableFuture().isCompletedExceptionally()) {
      living.add(new Living(move.function(), ticket));
    }
  }

  private static void check(Admission admission, List<Living> living) {
    long running = living.stream().filter(Living::runs).count();
    assertThat(admission.running()).isEqualTo((int) running).isLessThanOrEqualTo(RUNNING);
    assertThat(admission.waiting())
        .isEqualTo((int) (living.size() - running))
        .isLessThanOrEqualTo(WAITING);
    assertThat(admission.waitingBytes()).isBetween(0L, (long) BYTES);
    for (int function = 0; function < CONCURRENCY.length; function++) {
      int of = function;
      long runs = living.stream().filter(one -> one.function() == of && one.runs()).count();
      long waits = living.stream().filter(one -> one.function() == of && !one.runs()).count();
      assertThat(runs).isLessThanOrEqualTo(CONCURRENCY[function]);
      assertThat(waits).isLessThanOrEqualTo(PER_FUNCTION);
      assertThat(waits > 0 && runs < CONCURRENCY[function] && running < RUNNING).isFalse();
    }
  }

  @AfterContainer
  static void stop() {
    LOOP.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Provide
  Arbitrary<List<Move>> moves() {
    return Combinators.combine(
            Arbitraries.of(true, true, false),
            Arbitraries.integers().between(0, CONCURRENCY.length - 1),
            Arbitraries.integers().between(0, 8),
            Arbitraries.integers().between(0, 1000))
        .as(Move::new)
        .list()
        .ofMaxSize(80);
  }
}
