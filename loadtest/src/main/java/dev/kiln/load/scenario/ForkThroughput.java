package dev.kiln.load.scenario;

import dev.kiln.load.kiln.FunctionCode;
import dev.kiln.load.kiln.Kiln;
import dev.kiln.load.kiln.Settings;
import dev.kiln.load.report.Figure;
import dev.kiln.load.report.Goal;
import dev.kiln.load.report.Unit;
import dev.kiln.load.run.Client;
import dev.kiln.load.run.Limit;

/** Calls with fork isolation back to back on four connections: how many forked copies a second. */
final class ForkThroughput implements Scenario {

  private static final int CONNECTIONS = 4;
  private static final double LEAST = 700;
  private static final int WARM_UP_CALLS = 1_000;

  @Override
  public String name() {
    return "fork-throughput";
  }

  @Override
  public String title() {
    return "fork isolation, 4 connections, back to back";
  }

  @Override
  public Settings settings() {
    return Settings.STANDARD;
  }

  @Override
  public Figure measure(Bench bench) throws InterruptedException {
    Kiln kiln = bench.kiln(settings());
    CallLog log = new CallLog();
    try (FunctionSet function = FunctionSet.deploy(kiln, FunctionCode.LOGGING, "fork", 1);
        Client client = bench.connect(kiln.target(), CONNECTIONS)) {
      client.closedLoop(Limit.calls(WARM_UP_CALLS), index -> function.request(0), new CallLog());
      bench.say("calling back to back");
      Limit limit = Limit.lasting(bench.scale().sustained().dividedBy(4));
      log.ran(client.closedLoop(limit, index -> function.request(0), log));
    }
    Figure.Builder figure = new Figure.Builder(name(), title());
    figure.measure("calls", log.callsPerSecond(), Unit.PER_SECOND, Goal.atLeast(LEAST));
    figure.measure("p50", log.latencies().p50() / 1e3, Unit.MILLISECONDS);
    figure.measure("p99", log.latencies().p99() / 1e3, Unit.MILLISECONDS);
    figure.remark("phases, p50/p99 in µs: " + log.phases().text());
    log.describe(figure);
    return figure.build();
  }
}
