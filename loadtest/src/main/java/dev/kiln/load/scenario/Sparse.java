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
import org.jspecify.annotations.Nullable;

/**
 * Calls of one function at sparse arrivals, with an isolation that gives each call a process of its
 * own.
 */
final class Sparse implements Scenario {

  private static final int CONNECTIONS = 4;
  private static final int FIRST_CALLS = 10;

  private final String name;
  private final String title;
  private final Settings settings;
  private final String isolation;
  private final @Nullable String startType;
  private final Goal p50;
  private final @Nullable Goal p99;

  private Sparse(
      String name,
      String title,
      Settings settings,
      String isolation,
      @Nullable String startType,
      Goal p50,
      @Nullable Goal p99) {
    this.name = name;
    this.title = title;
    this.settings = settings;
    this.isolation = isolation;
    this.startType = startType;
    this.p50 = p50;
    this.p99 = p99;
  }

  /** Each call in a forked copy of the initialised process. */
  static Sparse fork() {
    return new Sparse(
        "fork-latency",
        "fork isolation, sparse",
        Settings.STANDARD,
        "fork",
        null,
        Goal.atMost(1.2),
        Goal.atMost(4));
  }

  /** Each call in a new sandbox, from a stem. */
  static Sparse fresh() {
    return new Sparse(
        "fresh-latency",
        "fresh isolation, sparse, with stems",
        Settings.STANDARD,
        "fresh",
        "prewarmed",
        Goal.atMost(1.5),
        null);
  }

  /** Each call in a new sandbox that is forked on demand. */
  static Sparse freshExhausted() {
    return new Sparse(
        "fresh-exhausted",
        "fresh isolation, sparse, stems exhausted",
        Settings.NO_STEMS,
        "fresh",
        "forked",
        Goal.atMost(4),
        null);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public Settings settings() {
    return settings;
  }

  @Override
  public Figure measure(Bench bench) throws InterruptedException {
    Kiln kiln = bench.kiln(settings);
    Rehearsal.run(bench, kiln);
    CallLog log = new CallLog();
    double[] micros = new double[bench.scale().sparseCalls()];
    try (FunctionSet function = FunctionSet.deploy(kiln, FunctionCode.LOGGING, isolation, 1);
        Client client = bench.connect(kiln.target(), CONNECTIONS)) {
      Stems.awaitRefilled(kiln);
      ConstantArrivals warmUp = ConstantArrivals.every(bench.scale().gap());
      client.openLoop(
          warmUp, Limit.calls(FIRST_CALLS), index -> function.request(0), new CallLog());
      bench.say("calling, one in " + bench.scale().gap().toMillis() + " ms");
      log.ran(
          client.openLoop(
              ConstantArrivals.every(bench.scale().gap()),
              Limit.calls(bench.scale().sparseCalls()),
              index -> function.request(0),
              new Curve(log, micros, 0)));
    }
    return figure(log, micros);
  }

  private Figure figure(CallLog log, double[] micros) {
    var counted = startType == null ? log.latencies() : log.latencies(startType);
    Figure.Builder figure = new Figure.Builder(name, title);
    figure.measure("p50", counted.p50() / 1e3, Unit.MILLISECONDS, p50);
    if (p99 == null) {
      figure.measure("p99", counted.p99() / 1e3, Unit.MILLISECONDS);
    } else {
      figure.measure("p99", counted.p99() / 1e3, Unit.MILLISECONDS, p99);
    }
    figure.remark("start types: " + log.startTypesText());
    figure.remark("phases, p50/p99 in µs: " + log.phases().text());
    log.describe(figure);
    figure.detail("curveMicros", micros);
    if (counted.count() < log.latencies().count() / 2) {
      figure.voidBecause("too few calls were " + startType);
    }
    return figure.build();
  }
}
