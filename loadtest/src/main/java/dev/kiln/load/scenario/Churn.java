package dev.kiln.load.scenario;

import dev.kiln.load.kiln.FunctionCode;
import dev.kiln.load.kiln.Kiln;
import dev.kiln.load.kiln.PoolPicture;
import dev.kiln.load.kiln.Settings;
import dev.kiln.load.machine.CgroupFacts;
import dev.kiln.load.machine.MemoryFacts;
import dev.kiln.load.report.Figure;
import dev.kiln.load.report.Goal;
import dev.kiln.load.report.Unit;
import dev.kiln.load.run.Client;
import dev.kiln.load.run.Limit;
import java.util.ArrayList;
import java.util.List;

/**
 * Sandboxes created and destroyed as quickly as four callers of a function with fresh isolation can
 * make Kiln do it. What is left behind shows in the machine's memory and in cgroups that do not
 * die; both are read between slices, while nothing runs but what the pool keeps anyway.
 */
final class Churn implements Scenario {

  private static final int CONNECTIONS = 4;
  private static final int SLICES = 10;
  private static final double LEAST = 400;

  /** Noise of a machine on which other things breathe, too. */
  private static final double FLAT_MEGABYTES = 64;

  private static final double FLAT_GROUPS = 32;

  @Override
  public String name() {
    return "churn";
  }

  @Override
  public String title() {
    return "sandboxes created and destroyed, 4 at a time";
  }

  @Override
  public Settings settings() {
    return Settings.STANDARD;
  }

  private record Reading(long availableBytes, CgroupFacts groups) {
    static Reading now() {
      return new Reading(MemoryFacts.availableBytes(), CgroupFacts.read());
    }
  }

  @Override
  public Figure measure(Bench bench) throws InterruptedException {
    Kiln kiln = bench.kiln(settings());
    CallLog log = new CallLog();
    List<Reading> readings = new ArrayList<>();
    PoolPicture before;
    try (FunctionSet function = FunctionSet.deploy(kiln, FunctionCode.LOGGING, "fresh", 1);
        Client client = bench.connect(kiln.target(), CONNECTIONS)) {
      Limit slice = Limit.lasting(bench.scale().sustained().dividedBy(SLICES));
      bench.say("warming up");
      client.closedLoop(slice, index -> function.request(0), new CallLog());
      readings.add(rest(kiln));
      before = kiln.api().pool();
      bench.say("calling back to back, a new sandbox each time");
      for (int i = 0; i < SLICES; i++) {
        log.ran(client.closedLoop(slice, index -> function.request(0), log));
        readings.add(rest(kiln));
      }
    }
    return figure(log, readings, before, kiln.api().pool());
  }

  private static Reading rest(Kiln kiln) throws InterruptedException {
    Stems.awaitRefilled(kiln);
    return Reading.now();
  }

  private Figure figure(
      CallLog log, List<Reading> readings, PoolPicture before, PoolPicture after) {
    Reading first = readings.get(0);
    Reading last = readings.get(readings.size() - 1);
    double lost = (first.availableBytes() - last.availableBytes()) / 1e6;
    long dying =
        Math.max(
            last.groups().dying() - first.groups().dying(),
            last.groups().memoryGroups() - first.groups().memoryGroups());
    Figure.Builder figure = new Figure.Builder(name(), title());
    figure.measure("sandboxes", log.callsPerSecond(), Unit.PER_SECOND, Goal.atLeast(LEAST));
    figure.measure("memory lost", lost, Unit.MEGABYTES, Goal.atMost(FLAT_MEGABYTES));
    figure.measure("cgroups left", (double) dying, Unit.COUNT, Goal.atMost(FLAT_GROUPS));
    figure.measure("p50", log.latencies().p50() / 1e3, Unit.MILLISECONDS);
    figure.remark("start types: " + log.startTypesText());
    figure.remark("phases, p50/p99 in µs: " + log.phases().text());
    log.describe(figure);
    figure.detail("readings", readings);
    figure.detail("transitionsBefore", before.transitions());
    figure.detail("transitionsAfter", after.transitions());
    return figure.build();
  }
}
