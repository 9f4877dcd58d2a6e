package dev.kiln.load.scenario;

import dev.kiln.load.report.Figure;
import dev.kiln.load.run.Exchange;
import dev.kiln.load.run.Failure;
import dev.kiln.load.run.Observer;
import dev.kiln.load.run.Run;
import dev.kiln.load.statistics.Latencies;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that is kept of calls to Kiln: latencies, how late the generator was, statuses, start
 * types and phases. Filled on the generator's thread, read when the run is over.
 */
final class CallLog implements Observer {

  private static final String START_TYPE = "Kiln-Start-Type";
  private static final String SERVER_TIMING = "Server-Timing";

  private final Latencies latencies = new Latencies();
  private final Latencies lateness = new Latencies();
  private final PhaseTimes phases = new PhaseTimes();
  private final Map<String, Integer> startTypes = new TreeMap<>();
  private final Map<String, Latencies> byStartType = new TreeMap<>();
  private final Map<String, Integer> errors = new TreeMap<>();
  private long calls;
  private long generatorCpuNanos;
  private long elapsedNanos;

  /** Notes what a run took. */
  void ran(Run run) {
    calls += run.calls();
    generatorCpuNanos += run.generatorCpu().toNanos();
    elapsedNanos += run.elapsed().toNanos();
  }

  /** Counts all that {@code other} has counted. */
  void add(CallLog other) {
    latencies.add(other.latencies);
    lateness.add(other.lateness);
    phases.add(other.phases);
    other.startTypes.forEach((type, count) -> startTypes.merge(type, count, Integer::sum));
    other.byStartType.forEach(
        (type, times) -> byStartType.computeIfAbsent(type, t -> new Latencies()).add(times));
    other.errors.forEach((error, count) -> errors.merge(error, count, Integer::sum));
    calls += other.calls;
    generatorCpuNanos += other.generatorCpuNanos;
    elapsedNanos += other.elapsedNanos;
  }

  @Override
  public void answered(Exchange exchange) {
    if (exchange.status() != 200) {
      errors.merge("status " + exchange.status(), 1, Integer::sum);
      return;
    }
    latencies.record(exchange.latencyNanos());
    lateness.record(exchange.lateNanos());
    String startType = exchange.head().header(START_TYPE).orElse("none stated");
    startTypes.merge(startType, 1, Integer::sum);
    byStartType.computeIfAbsent(startType, type -> new Latencies()).record(exchange.latencyNanos());
    exchange.head().header(SERVER_TIMING).ifPresent(phases::record);
  }

  @Override
  public void failed(int index, long dueNanos, Failure failure) {
    errors.merge(failure.name().toLowerCase(Locale.ROOT), 1, Integer::sum);
  }

  Latencies latencies() {
    return latencies;
  }

  Latencies lateness() {
    return lateness;
  }

  Latencies latencies(String startType) {
    return byStartType.getOrDefault(startType, new Latencies());
  }

  Map<String, Integer> startTypes() {
    return startTypes;
  }

  /** Returns calls a second over all runs that were noted. */
  double callsPerSecond() {
    return calls * 1e9 / Math.max(1, elapsedNanos);
  }

  /** Returns the CPU time of the generator for one call. */
  double generatorCpuMicrosPerCall() {
    return generatorCpuNanos / 1e3 / Math.max(1, calls);
  }

  Map<String, Integer> errors() {
    return errors;
  }

  PhaseTimes phases() {
    return phases;
  }

  /** Adds what is worth keeping to a figure, and voids it when calls failed. */
  void describe(Figure.Builder figure) {
    figure.detail("latencyMicros", latencies.summary());
    figure.detail("generatorLateMicros", lateness.summary());
    figure.detail("callsPerSecond", callsPerSecond());
    figure.detail("generatorCpuMicrosPerCall", generatorCpuMicrosPerCall());
    figure.detail("startTypes", startTypes);
    figure.detail("phasesMicros", phases.summaries());
    figure.detail("errors", errors);
    if (!errors.isEmpty()) {
      figure.voidBecause("calls failed: " + errors);
    }
  }

  /** Returns the start types as text, such as {@code prewarmed 1000}. */
  String startTypesText() {
    return String.join(
        ", ", startTypes.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList());
  }
}
