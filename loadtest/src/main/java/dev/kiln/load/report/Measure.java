package dev.kiln.load.report;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One number of a figure.
 *
 * @param label what it is, such as {@code p50}
 * @param value the number
 * @param unit its unit
 * @param target what it has to be, if anything
 */
public record Measure(String label, double value, Unit unit, @Nullable Goal target) {

  /** Returns a number that something is promised of. */
  public static Measure of(String label, double value, Unit unit, Goal goal) {
    return new Measure(label, value, unit, goal);
  }

  /** Returns a number that stands beside others for comparison. */
  public static Measure of(String label, double value, Unit unit) {
    return new Measure(label, value, unit, null);
  }

  /** Returns what it has to be. */
  public Optional<Goal> goal() {
    return Optional.ofNullable(target);
  }

  /** Returns whether it is what it has to be; true where nothing is promised. */
  public boolean met() {
    return target == null || target.met(value);
  }
}
