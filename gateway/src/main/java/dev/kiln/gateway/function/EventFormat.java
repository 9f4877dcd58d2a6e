package dev.kiln.gateway.function;

import java.util.Arrays;
import java.util.Optional;

/**
 * The shape in which a function behind a URL gets its requests, as AWS API Gateway numbers them.
 */
public enum EventFormat {
  /** Multi-value maps beside single values. */
  V1("1.0"),
  /** Values joined by commas, cookies apart. */
  V2("2.0");

  private final String label;

  EventFormat(String label) {
    this.label = label;
  }

  /** Returns the format called {@code label}. */
  public static Optional<EventFormat> of(String label) {
    return Arrays.stream(values()).filter(format -> format.label.equals(label)).findFirst();
  }

  /** Returns {@code 1.0} or {@code 2.0}. */
  public String label() {
    return label;
  }
}
