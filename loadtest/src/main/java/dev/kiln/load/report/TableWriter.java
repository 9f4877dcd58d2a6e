package dev.kiln.load.report;

import dev.kiln.load.machine.MachineFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes a report as a table for a terminal. */
public final class TableWriter {

  private static final List<String> HEADINGS = List.of("figure", "measure", "value", "goal", "");

  private TableWriter() {}

  /** Returns the whole report. */
  public static String write(BenchReport report) {
    StringBuilder out = new StringBuilder();
    out.append(machine(report.machine())).append('\n');
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    report.figures().forEach(figure -> rows.addAll(rows(figure)));
    appendAligned(out, rows);
    report.figures().forEach(figure -> appendRemarks(out, figure));
    return out.toString();
  }

  /** Returns the lines of one figure, for output while a run goes on. */
  public static String write(Figure figure) {
    StringBuilder out = new StringBuilder();
    appendAligned(out, rows(figure));
    appendRemarks(out, figure);
    return out.toString();
  }

  private static String machine(MachineFacts machine) {
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %.0f GB, kernel %s, cgroups %s, Java %s, load before %.2f%n",
        machine.cpu(),
        machine.cores(),
        machine.memoryBytes() / 1e9,
        machine.kernel(),
        machine.cgroups(),
        machine.java(),
        machine.loadBefore());
  }

  private static List<List<String>> rows(Figure figure) {
    List<List<String>> rows = new ArrayList<>();
    for (Measure measure : figure.measures()) {
      String goal =
          measure
              .goal()
              .map(g -> g.bound().sign() + " " + measure.unit().format(g.limit()))
              .orElse("");
      String verdict = measure.goal().isEmpty() ? "" : measure.met() ? "met" : "missed";
      rows.add(
          List.of(
              rows.isEmpty() ? figure.name() : "",
              measure.label(),
              measure.unit().format(measure.value()),
              goal,
              figure.voided().isPresent() && !goal.isEmpty() ? "void" : verdict));
    }
    if (rows.isEmpty()) {
      rows.add(List.of(figure.name(), "not measured", "", "", ""));
    }
    return rows;
  }

  private static void appendAligned(StringBuilder out, List<List<String>> rows) {
    int[] widths = new int[HEADINGS.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - width(row.get(i)));
        // Values are read as a column of numbers: they are aligned at their ends.
        line.append(i == 2 ? padding + row.get(i) : row.get(i) + padding).append("  ");
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private static void appendRemarks(StringBuilder out, Figure figure) {
    figure
        .voided()
        .ifPresent(
            reason ->
                out.append("  ")
                    .append(figure.name())
                    .append(": void, ")
                    .append(reason)
                    .append('\n'));
    figure
        .remarks()
        .forEach(
            remark ->
                out.append("  ").append(figure.name()).append(": ").append(remark).append('\n'));
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
