package dev.kiln.load.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Writes a report as JSON. Its shape is described in docs/performance.md and numbered by {@code
 * schema}.
 */
public final class JsonWriter {

  /** Changes when a field changes its meaning or goes away. */
  public static final String SCHEMA = "kiln-bench/1";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private JsonWriter() {}

  /** Returns the whole report. */
  public static String write(BenchReport report) {
    ObjectNode root = JSON.createObjectNode();
    root.put("schema", SCHEMA);
    root.put("started", report.started().toString());
    root.set("command", JSON.valueToTree(report.command()));
    root.set("machine", JSON.valueToTree(report.machine()));
    root.put("met", report.met());
    ArrayNode figures = root.putArray("figures");
    report.figures().forEach(figure -> figures.add(figure(figure)));
    try {
      return JSON.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is always representable", e);
    }
  }

  private static ObjectNode figure(Figure figure) {
    ObjectNode node = JSON.createObjectNode();
    node.put("name", figure.name());
    node.put("title", figure.title());
    node.put("met", figure.met());
    figure.voided().ifPresent(reason -> node.put("void", reason));
    ArrayNode measures = node.putArray("measures");
    figure.measures().forEach(measure -> measures.add(measure(measure)));
    node.set("remarks", JSON.valueToTree(figure.remarks()));
    node.set("details", JSON.valueToTree(figure.details()));
    return node;
  }

  private static ObjectNode measure(Measure measure) {
    ObjectNode node = JSON.createObjectNode();
    node.put("label", measure.label());
    node.put("value", measure.value());
    node.put("unit", measure.unit().symbol());
    measure
        .goal()
        .ifPresent(
            goal -> {
              ObjectNode wanted = node.putObject("goal");
              wanted.put("bound", goal.bound() == Goal.Bound.AT_MOST ? "at most" : "at least");
              wanted.put("limit", goal.limit());
              wanted.put("met", measure.met());
            });
    return node;
  }
}
