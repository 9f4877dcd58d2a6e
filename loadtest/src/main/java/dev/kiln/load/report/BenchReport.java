package dev.kiln.load.report;

import dev.kiln.load.machine.MachineFacts;
import java.time.Instant;
import java.util.List;

/**
 * One run of the benchmark.
 *
 * @param started when it began
 * @param command the arguments that it was given
 * @param machine where it ran
 * @param figures what it measured, in order
 */
public record BenchReport(
    Instant started, List<String> command, MachineFacts machine, List<Figure> figures) {

  public BenchReport {
    command = List.copyOf(command);
    figures = List.copyOf(figures);
  }

  /** Returns whether every figure is valid and meets its goals. */
  public boolean met() {
    return figures.stream().allMatch(Figure::met);
  }
}
