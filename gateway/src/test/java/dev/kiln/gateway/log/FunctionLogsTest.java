package dev.kiln.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.gateway.function.FunctionId;
import dev.kiln.gateway.function.TestingFunctions;
import dev.kiln.log.LogSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FunctionLogsTest {

  private static final FunctionId ONE = TestingFunctions.id("one");
  private static final FunctionId TWO = TestingFunctions.id("two");

  private static void print(FunctionLogs logs, FunctionId id, String line) {
    logs.line(id + ":3@abcdef01-plain", Optional.of("r"), LogSink.Stream.STDERR, line, 0);
  }

  private static List<String> messages(FunctionLogs logs, FunctionId id) {
    return logs.lines(id, 0).stream().map(LogLine::message).toList();
  }

  @Test
  void aLineKnowsItsVersion() {
    FunctionLogs logs = new FunctionLogs(10_000, 100_000);
    print(logs, ONE, "hello");
    assertThat(logs.lines(ONE, 0))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.version()).isEqualTo("3");
              assertThat(line.sequence()).isEqualTo(1);
              assertThat(line.stream()).isEqualTo(LogSink.Stream.STDERR);
            });
    assertThat(logs.lines(ONE, 1)).isEmpty();
    assertThat(logs.lines(TWO, 0)).isEmpty();
  }

  @Test
  void aFullRingLosesItsOldestLinesAndCountsThem() {
    FunctionLogs logs = new FunctionLogs(2_000, 1_000_000);
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
    FunctionLogs logs = new FunctionLogs(100_000, 10_000);
    print(logs, TWO, "quiet");
    for (int i = 0; i < 100; i++) {
      print(logs, ONE, i + "x".repeat(298));
      assertThat(logs.heldBytes()).isLessThanOrEqualTo(10_000);
    }
    assertThat(messages(logs, TWO)).containsExactly("quiet");
    assertThat(messages(logs, ONE)).last().asString().startsWith("99x");
  }

  @Test
  void aFollowerGetsWhatIsThereAndEveryLaterLineOnce() {
    FunctionLogs logs = new FunctionLogs(10_000, 100_000);
    print(logs, ONE, "before");
    List<String> heard = new ArrayList<>();
    LogFollower follower = line -> heard.add(line.message());
    assertThat(logs.follow(ONE, follower, 0)).hasSize(1);
    print(logs, ONE, "after");
    print(logs, TWO, "elsewhere");
    logs.unfollow(ONE, follower);
    print(logs, ONE, "later");
    assertThat(heard).containsExactly("after");
  }

  @Test
  void aForgottenFunctionTakesNoRoom() {
    FunctionLogs logs = new FunctionLogs(10_000, 100_000);
    print(logs, ONE, "hello");
    logs.forget(ONE);
    assertThat(logs.heldBytes()).isZero();
    assertThat(messages(logs, ONE)).isEmpty();
  }

  @Test
  void whatBelongsToNoFunctionIsIgnored() {
    FunctionLogs logs = new FunctionLogs(10_000, 100_000);
    logs.line("compile", Optional.empty(), LogSink.Stream.STDOUT, "x", 0);
    assertThat(logs.lineCount()).isZero();
  }
}
