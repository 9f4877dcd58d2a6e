package dev.kiln.load.scenario;

import dev.kiln.load.statistics.Latencies;
import dev.kiln.load.statistics.LatencySummary;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The phases of calls as {@code Server-Timing} states them: {@code lease;dur=0.031,
 * attach;dur=0.052} in milliseconds (W3C, Server Timing).
 */
final class PhaseTimes {

  private final Map<String, Latencies> phases = new LinkedHashMap<>();

  /** Counts the phases of one call; entries without a duration are passed over. */
  void record(String serverTiming) {
    for (String entry : serverTiming.split(",")) {
      String[] parts = entry.split(";");
      for (int i = 1; i < parts.length; i++) {
        String parameter = parts[i].strip();
        if (parameter.startsWith("dur=")) {
          count(parts[0].strip(), parameter.substring("dur=".length()));
        }
      }
    }
  }

  /** Counts all that {@code other} has counted. */
  void add(PhaseTimes other) {
    other.phases.forEach(
        (name, times) -> phases.computeIfAbsent(name, phase -> new Latencies()).add(times));
  }

  /**
   * Returns each phase's percentiles in microseconds, in the order in which phases were first seen.
   */
  Map<String, LatencySummary> summaries() {
    Map<String, LatencySummary> summaries = new LinkedHashMap<>();
    phases.forEach((name, times) -> summaries.put(name, times.summary()));
    return summaries;
  }

  /** Returns the phases as text: {@code lease 31/52 µs, …}, p50 and p99. */
  String text() {
    return String.join(
        ", ",
        phases.entrySet().stream()
            .map(
                phase ->
                    String.format(
                        Locale.ROOT,
                        "%s %.0f/%.0f",
                        phase.getKey(),
                        phase.getValue().p50(),
                        phase.getValue().p99()))
            .toList());
  }

  private void count(String name, String millis) {
    long nanos = Math.round(Double.parseDouble(millis) * 1e6);
    phases.computeIfAbsent(name, phase -> new Latencies()).record(nanos);
  }
}
