package dev.kiln.pool;

import static dev.kiln.pool.TestingCaller.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.contract.InvocationException;
import dev.kiln.contract.Isolation;
import dev.kiln.pool.TestingCaller.Result;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A function under {@code fork} isolation that turns the lines of its copies, or its template's,
 * against the gateway ({@code hostile_copies.py}). Its calls and its neighbour's are served by one
 * event loop and their lines are read by one thread: were either made to wait, the neighbour's
 * calls would never be answered.
 */
class HostileCopiesIT {

  private static final int CALLS = 2;

  private static TestingEngine kiln;
  private static TestingCaller caller;
  private static Version neighbour;

  @BeforeAll
  static void start() {
    kiln = TestingEngine.start(TestingEngine.config());
    caller = kiln.caller();
    neighbour = kiln.function("app.py").named("neighbour");
  }

  @AfterAll
  static void end() {
    kiln.close();
  }

  /** Attacks that do not keep the call from its answer, which tells what was done. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "keep lines; the template keeps 3 lines of this copy",
        "fill channels; sent descriptors: True",
        "block; blocking: 0,3,1,2",
        "fill outputs; pipes of [1048576, 1048576]",
        "keep lines open; a daemon holds the lines",
        "read output; Permission denied",
        "reach channels; Bad file descriptor",
      })
  void anAttackThatAnswersHoldsNobodyUp(String attack, String done) {
    Version hostile = hostile(attack);
    List<CompletableFuture<Result>> calls = attackBesideTheNeighbour(hostile);
    for (CompletableFuture<Result> call : calls) {
      assertThat(join(call).text()).isEqualTo('"' + done + '"');
    }
    leavesNothing(hostile);
  }

  /**
   * Attacks that cost their own calls, in one way or another; that they were tried is in the log.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "close channels",
        "replace channels",
        "never fork",
        "half an answer",
        "a full first read",
        "descriptors upwards",
      })
  void anAttackThatFailsHoldsNobodyUp(String attack) {
    Version hostile = hostile(attack);
    attackBesideTheNeighbour(hostile).forEach(HostileCopiesIT::assertFails);
    awaitLine(attack);
    leavesNothing(hostile);
  }

  /** Which of its own calls come to nothing depends on who is first at their lines. */
  @Test
  void aThiefOfLinesHoldsNobodyUp() {
    Version hostile = hostile("steal lines");
    attackBesideTheNeighbour(hostile);
    awaitLine("stolen");
    leavesNothing(hostile);
  }

  private static Version hostile(String attack) {
    return kiln.function("hostile_copies.py")
        .isolation(Isolation.FORK)
        .environment(
            Map.of("PATH", "/usr/bin", "ATTACK", attack, "FIRST_READ", String.valueOf(firstRead())))
        .timeout(Duration.ofSeconds(3))
        .concurrency(2)
        .named("hostile-" + attack.replace(' ', '-'));
  }

  /** How much the gateway reads at first from a socket: after less, it does not read again. */
  private static int firstRead() {
    return new EpollDomainSocketChannel().config().getRecvByteBufAllocator().newHandle().guess();
  }

  /** Calls both until the attacks are over; every call of the neighbour's and its line come. */
  private static List<CompletableFuture<Result>> attackBesideTheNeighbour(Version hostile) {
    List<CompletableFuture<Result>> attacks = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      attacks.add(caller.start(hostile, "{}"));
    }
    CompletableFuture<Void> over =
        CompletableFuture.allOf(attacks.toArray(CompletableFuture[]::new))
            .exceptionally(failed -> null);
    boolean last;
    do {
      last = over.isDone();
      Result result = caller.call(neighbour, "{\"do\":\"print\",\"text\":\"still here\"}");
      assertThat(kiln.lines(result.requestId())).containsExactly("still here");
    } while (!last);
    return attacks;
  }

  private static void leavesNothing(Version hostile) {
    kiln.pool().retire(hostile.key());
    kiln.awaitCleanSlots();
  }

  private static void awaitLine(String line) {
    TestingCaller.await("it says " + line, () -> kiln.everyLine().contains(line));
  }

  private static void assertFails(CompletableFuture<?> call) {
    assertThatThrownBy(() -> join(call)).isInstanceOf(InvocationException.class);
  }
}
