package dev.kiln.gateway.admission;

import java.util.Locale;

/** Why an invocation was not admitted. */
public enum Refusal {
  /** The function runs as many invocations as it may, and as many wait. */
  FUNCTION_CONCURRENCY(
      "The function runs and queues as many calls as it may; raise 'concurrency' if that is too few"),
  /** The node runs as many as it may, and as many wait. */
  NODE_CONCURRENCY("This node runs and queues as many calls as it may"),
  /** The events that wait take as many bytes as they may. */
  QUEUE_BYTES("The calls that wait hold as many bytes as they may"),
  /** It has waited as long as it may. */
  QUEUE_TIME("The call waited for its turn as long as it may");

  private final String sentence;
  private final String label;

  Refusal(String sentence) {
    this.sentence = sentence;
    this.label = name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the stable word that callers and metrics see. */
  public String label() {
    return label;
  }

  String sentence() {
    return sentence;
  }
}
