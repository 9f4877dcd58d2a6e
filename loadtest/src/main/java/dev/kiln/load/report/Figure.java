package dev.kiln.load.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one scenario.
 *
 * @param name the scenario's name
 * @param title what was measured, in a few words
 * @param measures the numbers, the promised ones first
 * @param remarks sentences that belong to the numbers
 * @param details further values for the JSON report: start types, phases, curves; Jackson writes
 *     them
 * @param defect why the numbers must not be used, or null
 */
public record Figure(
    String name,
    String title,
    List<Measure> measures,
    List<String> remarks,
    Map<String, Object> details,
    @Nullable String defect) {

  public Figure {
    measures = List.copyOf(measures);
    remarks = List.copyOf(remarks);
    details = new LinkedHashMap<>(details);
  }

  /** Returns a figure that could not be taken. */
  public static Figure notMeasured(String name, String title, String reason) {
    return new Figure(name, title, List.of(), List.of(), Map.of(), reason);
  }

  /** Returns why the numbers must not be used. */
  public Optional<String> voided() {
    return Optional.ofNullable(defect);
  }

  /** Returns whether the numbers are valid and meet every goal. */
  public boolean met() {
    return defect == null && measures.stream().allMatch(Measure::met);
  }

  /** Collects a figure while it is measured. */
  public static final class Builder {

    private final String name;
    private final String title;
    private final List<Measure> measures = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final Map<String, Object> details = new LinkedHashMap<>();
    private @Nullable String defect;

    /** Starts a figure. */
    public Builder(String name, String title) {
      this.name = name;
      this.title = title;
    }

    /** Adds a promised number. */
    public Builder measure(String label, double value, Unit unit, Goal goal) {
      measures.add(Measure.of(label, value, unit, goal));
      return this;
    }

    /** Adds a number for comparison. */
    public Builder measure(String label, double value, Unit unit) {
      measures.add(Measure.of(label, value, unit));
      return this;
    }

    /** Adds a sentence. */
    public Builder remark(String sentence) {
      remarks.add(sentence);
      return this;
    }

    /** Adds a value for the JSON report. */
    public Builder detail(String key, Object value) {
      details.put(key, value);
      return this;
    }

    /** Declares the numbers unusable; the first reason stays. */
    public Builder voidBecause(String reason) {
      if (defect == null) {
        defect = reason;
      }
      return this;
    }

    /** Returns the figure. */
    public Figure build() {
      return new Figure(name, title, measures, remarks, details, defect);
    }
  }
}
