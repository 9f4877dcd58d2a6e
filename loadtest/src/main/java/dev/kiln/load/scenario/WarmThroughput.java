package dev.kiln.load.scenario;

import dev.kiln.load.kiln.FunctionCode;
import dev.kiln.load.kiln.Kiln;
import dev.kiln.load.kiln.Settings;
import dev.kiln.load.report.Figure;
import dev.kiln.load.report.Goal;
import dev.kiln.load.report.Unit;
import dev.kiln.load.run.Client;
import dev.kiln.load.statistics.PairedRatio;
import java.time.Duration;

/**
 * Warm calls on four connections for as long as the scale says, without an error, against the bare
 * echo under the same load. The generator, which takes the same processors, is charged to both.
 */
final class WarmThroughput implements Scenario {

  private static final int CONNECTIONS = 4;
  private static final int PAIRS = 6;
  private static final double LEAST = 0.35;

  @Override
  public String name() {
    return "warm-throughput";
  }

  @Override
  public String title() {
    return "warm calls, 4 connections, back to back";
  }

  @Override
  public Settings settings() {
    return Settings.STANDARD;
  }

  @Override
  public Figure measure(Bench bench) throws InterruptedException {
    Kiln kiln = bench.kiln(settings());
    try (FunctionSet function = FunctionSet.deploy(kiln, FunctionCode.ECHO, "reuse", 1);
        Client ours = bench.connect(kiln.target(), CONNECTIONS);
        Client theirs = bench.connect(bench.echo().target(), CONNECTIONS)) {
      Contest contest =
          new Contest(
              bench.scale(),
              new Contest.Side(ours, function.request(0)),
              new Contest.Side(theirs, bench.echo().request(FunctionCode.EVENT)));
      bench.say("warming up");
      contest.warmUp();
      Duration slice = bench.scale().sustained().dividedBy(PAIRS);
      bench.say(
          "calling Kiln for " + bench.scale().sustained().toSeconds() + " s, the echo between");
      contest.run(slice, slice.dividedBy(2), PAIRS);
      return figure(contest);
    }
  }

  private Figure figure(Contest contest) {
    PairedRatio ratio = contest.rateRatio();
    Figure.Builder figure = new Figure.Builder(name(), title());
    figure.measure("requests/s ÷ echo", ratio.median(), Unit.RATIO, Goal.atLeast(LEAST));
    contest.describe(figure);
    figure.remark(Contest.interval(ratio));
    return figure.build();
  }
}
