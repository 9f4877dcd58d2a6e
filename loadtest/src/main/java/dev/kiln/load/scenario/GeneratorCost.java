package dev.kiln.load.scenario;

import dev.kiln.load.arrival.ConstantArrivals;
import dev.kiln.load.kiln.Settings;
import dev.kiln.load.report.Figure;
import dev.kiln.load.report.Goal;
import dev.kiln.load.report.Unit;
import dev.kiln.load.run.Client;
import dev.kiln.load.run.Limit;
import dev.kiln.load.run.Reflector;
import dev.kiln.load.run.Request;
import java.time.Duration;

/**
 * What the generator itself costs: how late it sends at sparse arrivals, how long the shortest
 * possible exchange takes it, and how many calls a second it can make. A figure that comes near
 * these numbers says more of the generator than of Kiln.
 */
final class GeneratorCost implements Scenario {

  private static final int CONNECTIONS = 4;
  private static final double MOST_LATE_MICROS = 50;

  @Override
  public String name() {
    return "generator";
  }

  @Override
  public String title() {
    return "the generator itself, against a server that does nothing";
  }

  @Override
  public Settings settings() {
    return Settings.STANDARD;
  }

  @Override
  public Figure measure(Bench bench) throws InterruptedException {
    try (Reflector reflector = new Reflector();
        Client client = bench.connect(reflector.target(), CONNECTIONS)) {
      Request request = Request.postJson(reflector.target(), "/", "{}");
      Limit limit = Limit.lasting(bench.scale().slice().multipliedBy(4));
      client.closedLoop(limit, index -> request, new CallLog());
      CallLog full = new CallLog();
      full.ran(client.closedLoop(limit, index -> request, full));
      CallLog sparse = new CallLog();
      Duration gap = bench.scale().gap();
      Limit calls = Limit.calls(Math.max(100, bench.scale().sparseCalls() / 4));
      sparse.ran(client.openLoop(ConstantArrivals.every(gap), calls, index -> request, sparse));
      return figure(full, sparse);
    }
  }

  private Figure figure(CallLog full, CallLog sparse) {
    Figure.Builder figure = new Figure.Builder(name(), title());
    figure.measure(
        "late at sparse arrivals, p50",
        sparse.lateness().p50(),
        Unit.MICROSECONDS,
        Goal.atMost(MOST_LATE_MICROS));
    figure.measure("late at sparse arrivals, p99", sparse.lateness().p99(), Unit.MICROSECONDS);
    figure.measure("shortest exchange, sparse, p50", sparse.latencies().p50(), Unit.MICROSECONDS);
    figure.measure("ceiling, 4 connections", full.callsPerSecond(), Unit.PER_SECOND);
    figure.measure(
        "CPU a call at the ceiling", full.generatorCpuMicrosPerCall(), Unit.MICROSECONDS);
    sparse.describe(figure);
    return figure.build();
  }
}
