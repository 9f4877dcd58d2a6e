package dev.kiln.load.scenario;

import dev.kiln.load.arrival.ConstantArrivals;
import dev.kiln.load.kiln.FunctionCode;
import dev.kiln.load.kiln.Kiln;
import dev.kiln.load.kiln.Settings;
import dev.kiln.load.peer.Crun;
import dev.kiln.load.report.Figure;
import dev.kiln.load.report.Goal;
import dev.kiln.load.report.Unit;
import dev.kiln.load.run.Client;
import dev.kiln.load.run.Limit;
import dev.kiln.load.run.Run;
import dev.kiln.load.statistics.Latencies;
import java.util.Optional;

/**
 * The first call ever of many distinct functions, at sparse arrivals: what somebody waits who is
 * the first to call. Nothing of a function ran or was loaded in a living sandbox before its call;
 * deployment compiles its code in a sandbox that ends with it.
 *
 * <p>Sparse arrivals are the hard case: caches are cold, the processors were idle, and work that
 * back-to-back calls would share falls on each. Between blocks of calls crun runs the same handler
 * as often as the scale says, so that both are measured on the machine as it was at that time.
 */
final class FirstCall implements Scenario {

  private static final int CONNECTIONS = 4;
  private static final double MOST_OF_CRUN = 1.0 / 15;

  private final Grade grade;

  FirstCall(Grade grade) {
    this.grade = grade;
  }

  /** Which sandboxes wait for the calls. */
  enum Grade {
    /** Stems that have run the dummy calls. */
    WARMED("first-call", "first call ever, warmed stems", "prewarmed", 1.5),
    /** Stems that have not. */
    PLAIN("first-call-plain", "first call ever, plain stems", "prewarmed", 3),
    /** None: the sandbox is forked on demand. */
    NONE("first-call-forked", "first call ever, forked on demand", "forked", 4);

    private final String label;
    private final String title;
    private final String startType;
    private final double goalMillis;

    Grade(String label, String title, String startType, double goalMillis) {
      this.label = label;
      this.title = title;
      this.startType = startType;
      this.goalMillis = goalMillis;
    }
  }

  @Override
  public String name() {
    return grade.label;
  }

  @Override
  public String title() {
    return grade.title;
  }

  @Override
  public Settings settings() {
    return switch (grade) {
      case WARMED -> Settings.STANDARD;
      case PLAIN -> Settings.PLAIN_STEMS;
      case NONE -> Settings.NO_STEMS;
    };
  }

  @Override
  public Figure measure(Bench bench) throws InterruptedException {
    Kiln kiln = bench.kiln(settings());
    CallLog log = new CallLog();
    Latencies crun = new Latencies();
    double[] micros = new double[bench.scale().functions()];
    Rehearsal.run(bench, kiln);
    bench.say("deploying " + bench.scale().functions() + " functions");
    try (FunctionSet functions =
            FunctionSet.deploy(kiln, FunctionCode.LOGGING, "reuse", bench.scale().functions());
        Client client = bench.connect(kiln.target(), CONNECTIONS)) {
      Stems.awaitRefilled(kiln);
      bench.say("calling each once, one in " + bench.scale().gap().toMillis() + " ms");
      callInBlocks(bench, client, functions, log, micros, crun);
    }
    return figure(bench.scale(), log, micros, crun);
  }

  private static void callInBlocks(
      Bench bench,
      Client client,
      FunctionSet functions,
      CallLog log,
      double[] micros,
      Latencies crun)
      throws InterruptedException {
    Scale scale = bench.scale();
    int blockSize = scale.functions() / scale.blocks();
    Optional<Crun> peer = bench.crun();
    for (int block = 0; block < scale.blocks(); block++) {
      int first = block * blockSize;
      Run run =
          client.openLoop(
              ConstantArrivals.every(scale.gap()),
              Limit.calls(blockSize),
              index -> functions.request(first + index),
              new Curve(log, micros, first));
      log.ran(run);
      if (peer.isPresent()) {
        for (int i = 0; i < scale.peerRunsPerBlock(); i++) {
          Thread.sleep(scale.gap().toMillis());
          crun.record(peer.get().run().answeredNanos());
        }
      }
    }
  }

  private Figure figure(Scale scale, CallLog log, double[] micros, Latencies crun) {
    Latencies counted = log.latencies(grade.startType);
    Figure.Builder figure = new Figure.Builder(name(), title());
    figure.measure("p50", counted.p50() / 1e3, Unit.MILLISECONDS, Goal.atMost(grade.goalMillis));
    if (grade == Grade.WARMED) {
      figure.measure("p99", counted.p99() / 1e3, Unit.MILLISECONDS, Goal.atMost(4));
      compare(figure, counted, crun);
    } else {
      figure.measure("p99", counted.p99() / 1e3, Unit.MILLISECONDS);
    }
    figure.remark("start types: " + log.startTypesText());
    figure.remark("phases, p50/p99 in µs: " + log.phases().text());
    log.describe(figure);
    figure.detail("curveMicros", micros);
    checkStartTypes(figure, scale, log);
    return figure.build();
  }

  private static void compare(Figure.Builder figure, Latencies counted, Latencies crun) {
    if (crun.count() == 0) {
      figure.remark("crun is not installed or the runtime's root is not on this machine: no ratio");
      return;
    }
    figure.measure("÷ crun run", counted.p50() / crun.p50(), Unit.RATIO, Goal.atMost(MOST_OF_CRUN));
    figure.measure("crun run p50", crun.p50() / 1e3, Unit.MILLISECONDS);
    figure.detail("crunMicros", crun.summary());
  }

  /**
   * With stems, one call that met none spoils the claim; without, those that met one are left out.
   */
  private void checkStartTypes(Figure.Builder figure, Scale scale, CallLog log) {
    int expected = log.startTypes().getOrDefault(grade.startType, 0);
    if (grade != Grade.NONE && expected != scale.functions()) {
      figure.voidBecause("not every call was " + grade.startType);
    } else if (expected < scale.functions() / 2) {
      figure.voidBecause("too few calls were " + grade.startType);
    }
  }
}
