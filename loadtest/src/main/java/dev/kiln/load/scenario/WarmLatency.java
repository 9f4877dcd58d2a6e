package dev.kiln.load.scenario;

import dev.kiln.load.kiln.FunctionCode;
import dev.kiln.load.kiln.Kiln;
import dev.kiln.load.kiln.Settings;
import dev.kiln.load.report.Figure;
import dev.kiln.load.report.Goal;
import dev.kiln.load.report.Unit;
import dev.kiln.load.run.Client;
import dev.kiln.load.statistics.PairedRatio;

/**
 * A warm call on one connection, back to back, against the bare echo: what Kiln adds to an HTTP
 * server that does nothing. The two take turns in short slices.
 */
final class WarmLatency implements Scenario {

  private static final double MOST = 2.2;

  @Override
  public String name() {
    return "warm-latency";
  }

  @Override
  public String title() {
    return "warm call, 1 connection, back to back";
  }

  @Override
  public Settings settings() {
    return Settings.STANDARD;
  }

  @Override
  public Figure measure(Bench bench) throws InterruptedException {
    Kiln kiln = bench.kiln(settings());
    try (FunctionSet function = FunctionSet.deploy(kiln, FunctionCode.ECHO, "reuse", 1);
        Client ours = bench.connect(kiln.target(), 1);
        Client theirs = bench.connect(bench.echo().target(), 1)) {
      Contest contest =
          new Contest(
              bench.scale(),
              new Contest.Side(ours, function.request(0)),
              new Contest.Side(theirs, bench.echo().request(FunctionCode.EVENT)));
      bench.say("warming up");
      contest.warmUp();
      bench.say("calling Kiln and the echo in turns");
      contest.run(bench.scale().slice(), bench.scale().slice(), bench.scale().pairs());
      return figure(contest);
    }
  }

  private Figure figure(Contest contest) {
    PairedRatio ratio = contest.medianRatio();
    Figure.Builder figure = new Figure.Builder(name(), title());
    figure.measure("p50 ÷ echo", ratio.median(), Unit.RATIO, Goal.atMost(MOST));
    contest.describe(figure);
    figure.remark(Contest.interval(ratio));
    return figure.build();
  }
}
