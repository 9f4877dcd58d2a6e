package dev.kiln.load.scenario;

import dev.kiln.load.arrival.ConstantArrivals;
import dev.kiln.load.kiln.FunctionCode;
import dev.kiln.load.kiln.Kiln;
import dev.kiln.load.kiln.Settings;
import dev.kiln.load.machine.MemoryFacts;
import dev.kiln.load.report.Figure;
import dev.kiln.load.report.Goal;
import dev.kiln.load.report.Unit;
import dev.kiln.load.run.Client;
import dev.kiln.load.run.Limit;

/**
 * What a sandbox costs that waits for its next call: as many functions as the scale says are called
 * once each, so that each leaves an idle sandbox. Two views: the sandboxes' own pages (PSS), and
 * what is missing from the machine's available memory, which has the kernel's side of them too:
 * page tables, namespaces, mounts, cgroups, sockets.
 */
final class IdleMemory implements Scenario {

  private static final int CONNECTIONS = 4;

  @Override
  public String name() {
    return "idle-memory";
  }

  @Override
  public String title() {
    return "idle sandboxes that have served a call, memory of each";
  }

  @Override
  public Settings settings() {
    return Settings.ROOMY;
  }

  @Override
  public Figure measure(Bench bench) throws InterruptedException {
    Kiln kiln = bench.kiln(settings());
    CallLog log = new CallLog();
    int count = bench.scale().functions();
    bench.say("deploying " + count + " functions");
    try (FunctionSet functions = FunctionSet.deploy(kiln, FunctionCode.LOGGING, "reuse", count);
        Client client = bench.connect(kiln.target(), CONNECTIONS)) {
      Stems.awaitRefilled(kiln);
      final Residents stems = Residents.read(kiln);
      final long availableBefore = MemoryFacts.availableBytes();
      bench.say("calling each once");
      log.ran(
          client.openLoop(
              ConstantArrivals.every(bench.scale().gap().dividedBy(2)),
              Limit.calls(count),
              functions::request,
              log));
      final int stemsAfter = Stems.awaitRefilled(kiln).stems();
      final long availableAfter = MemoryFacts.availableBytes();
      Residents all = Residents.read(kiln);
      return figure(log, count, stems, all, stemsAfter, availableBefore - availableAfter);
    }
  }

  private Figure figure(
      CallLog log, int count, Residents stems, Residents all, int stemsAfter, long fall) {
    int idle = all.processes() - stemsAfter;
    double total = all.processes() * all.meanBytes() - stemsAfter * stems.meanBytes();
    Figure.Builder figure = new Figure.Builder(name(), title());
    figure.measure("PSS each", total / idle / 1e6, Unit.MEGABYTES, Goal.atMost(2));
    figure.measure(
        "available memory each", fall / (double) count / 1e6, Unit.MEGABYTES, Goal.atMost(3));
    figure.measure("idle sandboxes", idle, Unit.COUNT);
    figure.measure("warmed and plain stems, PSS each", stems.meanBytes() / 1e6, Unit.MEGABYTES);
    figure.remark("start types: " + log.startTypesText());
    log.describe(figure);
    figure.detail("stems", stems);
    figure.detail("all", all);
    if (all.processes() == 0) {
      figure.voidBecause("no process of a sandbox is to be seen: the uid range is not known");
    } else if (idle < count * 0.98) {
      figure.voidBecause("only " + idle + " of " + count + " sandboxes are still alive");
    }
    return figure.build();
  }
}
