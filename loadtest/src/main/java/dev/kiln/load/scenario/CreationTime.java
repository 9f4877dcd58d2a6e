package dev.kiln.load.scenario;

import dev.kiln.load.arrival.ConstantArrivals;
import dev.kiln.load.kiln.FunctionCode;
import dev.kiln.load.kiln.Kiln;
import dev.kiln.load.kiln.Settings;
import dev.kiln.load.report.Figure;
import dev.kiln.load.report.Goal;
import dev.kiln.load.report.Unit;
import dev.kiln.load.run.Client;
import dev.kiln.load.run.Limit;
import dev.kiln.load.statistics.Samples;
import java.util.Arrays;

/**
 * Whether a sandbox still starts quickly when a thousand are alive. Each call meets no stem and so
 * contains the making of its sandbox; the last ones are compared with the first. Whatever in Kiln
 * or the kernel walks a list of all sandboxes shows here.
 */
final class CreationTime implements Scenario {

  private static final int CONNECTIONS = 4;
  private static final double MOST = 2;

  @Override
  public String name() {
    return "creation-time";
  }

  @Override
  public String title() {
    return "time to create a sandbox as they become many";
  }

  @Override
  public Settings settings() {
    return Settings.ROOMY_NO_STEMS;
  }

  @Override
  public Figure measure(Bench bench) throws InterruptedException {
    Kiln kiln = bench.kiln(settings());
    int count = bench.scale().functions();
    double[] micros = new double[count];
    CallLog log = new CallLog();
    Rehearsal.run(bench, kiln);
    bench.say("deploying " + count + " functions");
    try (FunctionSet functions = FunctionSet.deploy(kiln, FunctionCode.LOGGING, "reuse", count);
        Client client = bench.connect(kiln.target(), CONNECTIONS)) {
      Stems.awaitRefilled(kiln);
      bench.say("calling each once");
      log.ran(
          client.openLoop(
              ConstantArrivals.every(bench.scale().gap()),
              Limit.calls(count),
              functions::request,
              new Curve(log, micros, 0)));
    }
    return figure(log, micros);
  }

  private Figure figure(CallLog log, double[] micros) {
    int end = Math.min(50, micros.length / 2);
    double first = Samples.median(Arrays.copyOf(micros, end));
    double last = Samples.median(Arrays.copyOfRange(micros, micros.length - end, micros.length));
    Figure.Builder figure = new Figure.Builder(name(), title());
    figure.measure("last 50 ÷ first 50", last / first, Unit.RATIO, Goal.atMost(MOST));
    figure.measure("first 50, p50", first / 1e3, Unit.MILLISECONDS);
    figure.measure("last 50, p50", last / 1e3, Unit.MILLISECONDS);
    figure.remark("start types: " + log.startTypesText());
    log.describe(figure);
    figure.detail("curveMicros", micros);
    if (log.startTypes().getOrDefault("forked", 0) < micros.length * 0.9) {
      figure.voidBecause("too few calls were forked");
    }
    return figure.build();
  }
}
