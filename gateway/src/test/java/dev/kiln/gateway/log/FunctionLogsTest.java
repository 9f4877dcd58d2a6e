package dev.kiln.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.gateway.function.FunctionId;
import dev.kiln.gateway.function.TestingFunctions;
import dev.kiln.log.LogSink;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FunctionLogsTest {

  private static final FunctionId ONE = TestingFunctions.id("one");
  private static final FunctionId TWO = TestingFunctions.id("two");

  /** Returns logs of two functions. */
  private static FunctionLogs logs(long bytesPerFunction, long bytes) {
    FunctionLogs logs = new FunctionLogs(bytesPerFunction, bytes);
    logs.begin(ONE);
    logs.begin(TWO);
    return logs;
  }

  private static void print(FunctionLogs logs, FunctionId id, String line) {
    logs.line(id + ":3@abcdef01-plain", Optional.of("r"), LogSink.Stream.STDERR, line, 0);
  }

  private static List<String> messages(FunctionLogs logs, FunctionId id) {
    return logs.lines(id, 0, Integer.MAX_VALUE).stream().map(LogLine::message).toList();
  }

  @Test
  void aLineKnowsItsVersion() {
    FunctionLogs logs = logs(10_000, 100_000);
    print(logs, ONE, "hello");
    assertThat(logs.lines(ONE, 0, 10))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.version()).isEqualTo("3");
              assertThat(line.sequence()).isEqualTo(1);
              assertThat(line.stream()).isEqualTo(LogSink.Stream.STDERR);
            });
    assertThat(logs.lines(ONE, 1, 10)).isEmpty();
    assertThat(logs.lines(TWO, 0, 10)).isEmpty();
  }

  @Test
  void aFullRingLosesItsOldestLinesAndCountsThem() {
    FunctionLogs logs = logs(2_000, 1_000_000);
    for (int i = 0; i < 20; i++) {
      print(logs, ONE, i + "x".repeat(298));
    }
    List<String> left = messages(logs, ONE);
    assertThat(left).hasSizeBetween(3, 5);
    assertThat(left.get(left.size() - 1)).startsWith("19x");
    assertThat(logs.droppedLines(ONE)).isEqualTo(20 - left.size());
    assertThat(logs.heldBytes()).isLessThanOrEqualTo(2_000);
    assertThat(logs.lineCount()).isEqualTo(20);
  }

  @Test
  void beyondTheNodesLimitTheLargestLosesItsOlderHalf() {
    FunctionLogs logs = logs(100_000, 10_000);
    print(logs, TWO, "quiet");
    for (int i = 0; i < 100; i++) {
      print(logs, ONE, i + "x".repeat(298));
      assertThat(logs.heldBytes()).isLessThanOrEqualTo(10_000);
    }
    assertThat(messages(logs, TWO)).containsExactly("quiet");
    assertThat(messages(logs, ONE)).last().asString().startsWith("99x");
  }

  @Test
  void linesAreFetchedInPieces() {
    FunctionLogs logs = logs(10_000, 100_000);
    for (int i = 1; i <= 5; i++) {
      print(logs, ONE, "line " + i);
    }
    assertThat(logs.lines(ONE, 1, 2)).extracting(LogLine::sequence).containsExactly(2L, 3L);
    assertThat(logs.lines(ONE, 4, 2)).extracting(LogLine::sequence).containsExactly(5L);
    assertThat(logs.lastNumber(ONE)).isEqualTo(5);
  }

  @Test
  void aFollowerIsToldOfEveryLaterLineOfItsFunction() {
    FunctionLogs logs = logs(10_000, 100_000);
    print(logs, ONE, "before");
    TestingFollower follower = new TestingFollower();
    logs.follow(ONE, follower);
    print(logs, ONE, "after");
    print(logs, TWO, "elsewhere");
    logs.unfollow(ONE, follower);
    print(logs, ONE, "later");
    assertThat(follower.told).isEqualTo(1);
    assertThat(follower.ended).isFalse();
  }

  @Test
  void aForgottenFunctionTakesNoRoomAndEndsItsFollowers() {
    FunctionLogs logs = logs(10_000, 100_000);
    print(logs, ONE, "hello");
    TestingFollower follower = new TestingFollower();
    logs.follow(ONE, follower);
    logs.forget(ONE);
    assertThat(logs.heldBytes()).isZero();
    assertThat(messages(logs, ONE)).isEmpty();
    assertThat(follower.ended).isTrue();
  }

  @Test
  void whatIsPrintedWhenTheFunctionIsForgottenIsDropped() {
    FunctionLogs logs = logs(10_000, 100_000);
    logs.forget(ONE);
    print(logs, ONE, "late");
    TestingFollower follower = new TestingFollower();
    logs.follow(ONE, follower);
    assertThat(logs.heldBytes()).isZero();
    assertThat(messages(logs, ONE)).isEmpty();
    assertThat(follower.ended).isTrue();
    logs.begin(ONE);
    print(logs, ONE, "of another by that name");
    assertThat(messages(logs, ONE)).containsExactly("of another by that name");
  }

  @Test
  void aLineThatComesWhileItsFunctionIsForgottenTakesNoRoom() throws Exception {
    FunctionLogs logs = logs(10_000, 1_000_000);
    Thread printer =
        new Thread(
            () -> {
              for (int i = 0; i < 200_000; i++) {
                print(logs, ONE, "x");
              }
            });
    printer.start();
    while (printer.isAlive()) {
      logs.forget(ONE);
      logs.begin(ONE);
    }
    printer.join();
    logs.forget(ONE);
    assertThat(logs.heldBytes()).isZero();
  }

  @Test
  void whatBelongsToNoFunctionIsIgnored() {
    FunctionLogs logs = logs(10_000, 100_000);
    logs.line("compile", Optional.empty(), LogSink.Stream.STDOUT, "x", 0);
    assertThat(logs.lineCount()).isZero();
  }

  private static final class TestingFollower implements LogFollower {
    private int told;
    private boolean ended;

    @Override
    public void more() {
      told++;
    }

    @Override
    public void ended() {
      ended = true;
    }
  }
}
