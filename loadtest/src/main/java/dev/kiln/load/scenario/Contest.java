package dev.kiln.load.scenario;

import dev.kiln.load.report.Figure;
import dev.kiln.load.report.Unit;
import dev.kiln.load.run.Client;
import dev.kiln.load.run.Limit;
import dev.kiln.load.run.Request;
import dev.kiln.load.run.Run;
import dev.kiln.load.statistics.PairedRatio;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Two servers called back to back in turns, over connections that both keep. Which of them begins a
 * pair changes from pair to pair, so that neither always finds the caches that the other left.
 */
final class Contest {

  private final Scale scale;
  private final Side ours;
  private final Side theirs;
  private final CallLog ourCalls = new CallLog();
  private final CallLog theirCalls = new CallLog();
  private final List<Slice> ourSlices = new ArrayList<>();
  private final List<Slice> theirSlices = new ArrayList<>();

  Contest(Scale scale, Side ours, Side theirs) {
    this.scale = scale;
    this.ours = ours;
    this.theirs = theirs;
  }

  /** One server: open connections to it, and the call. */
  record Side(Client client, Request request) {}

  private record Slice(double p50Micros, double callsPerSecond) {}

  /** Calls both until their code is compiled. */
  void warmUp() throws InterruptedException {
    Limit limit = Limit.calls(scale.warmUpCalls());
    ours.client().closedLoop(limit, index -> ours.request(), new CallLog());
    theirs.client().closedLoop(limit, index -> theirs.request(), new CallLog());
  }

  void run(Duration ourSlice, Duration theirSlice, int pairs) throws InterruptedException {
    for (int pair = 0; pair < pairs; pair++) {
      if (pair % 2 == 0) {
        ourSlices.add(slice(ours, ourSlice, ourCalls));
        theirSlices.add(slice(theirs, theirSlice, theirCalls));
      } else {
        theirSlices.add(slice(theirs, theirSlice, theirCalls));
        ourSlices.add(slice(ours, ourSlice, ourCalls));
      }
    }
  }

  /** Returns our median latency over theirs. */
  PairedRatio medianRatio() {
    return PairedRatio.of(
        ourSlices.stream().mapToDouble(Slice::p50Micros).toArray(),
        theirSlices.stream().mapToDouble(Slice::p50Micros).toArray());
  }

  /** Returns our calls a second over theirs. */
  PairedRatio rateRatio() {
    return PairedRatio.of(
        ourSlices.stream().mapToDouble(Slice::callsPerSecond).toArray(),
        theirSlices.stream().mapToDouble(Slice::callsPerSecond).toArray());
  }

  /** Adds both sides' own numbers to a figure. */
  void describe(Figure.Builder figure) {
    figure.measure("Kiln p50", ourCalls.latencies().p50() / 1e3, Unit.MILLISECONDS);
    figure.measure("Kiln p99", ourCalls.latencies().p99() / 1e3, Unit.MILLISECONDS);
    figure.measure("echo p50", theirCalls.latencies().p50() / 1e3, Unit.MILLISECONDS);
    figure.measure("Kiln requests", ourCalls.callsPerSecond(), Unit.PER_SECOND);
    figure.measure("echo requests", theirCalls.callsPerSecond(), Unit.PER_SECOND);
    figure.remark("start types: " + ourCalls.startTypesText());
    figure.remark("phases, p50/p99 in µs: " + ourCalls.phases().text());
    ourCalls.describe(figure);
    figure.detail("echoLatencyMicros", theirCalls.latencies().summary());
    if (!theirCalls.errors().isEmpty()) {
      figure.voidBecause("calls of the echo failed: " + theirCalls.errors());
    }
  }

  /** Returns a ratio's confidence interval as a sentence. */
  static String interval(PairedRatio ratio) {
    return String.format(
        Locale.ROOT,
        "ratio of %d pairs, 95 %% confidence %.2f to %.2f",
        ratio.pairs(),
        ratio.low(),
        ratio.high());
  }

  private static Slice slice(Side side, Duration length, CallLog all) throws InterruptedException {
    CallLog log = new CallLog();
    Run run = side.client().closedLoop(Limit.lasting(length), index -> side.request(), log);
    log.ran(run);
    all.add(log);
    return new Slice(log.latencies().p50(), run.callsPerSecond());
  }
}
