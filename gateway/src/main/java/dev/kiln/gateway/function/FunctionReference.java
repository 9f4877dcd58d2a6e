package dev.kiln.gateway.function;

/**
 * What callers write where a function is named: {@code name} or {@code name:qualifier}.
 *
 * @param id the function
 * @param qualifier which of its versions
 */
public record FunctionReference(FunctionId id, Qualifier qualifier) {

  /**
   * Returns what {@code text} refers to; throws {@link IllegalArgumentException} with a sentence
   * for the caller.
   */
  public static FunctionReference parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return new FunctionReference(FunctionId.of(new FunctionName(text)), Qualifier.LATEST);
    }
    FunctionId id = FunctionId.of(new FunctionName(text.substring(0, colon)));
    return new FunctionReference(id, Qualifier.parse(text.substring(colon + 1)));
  }

  /** Returns {@code name}, followed by the qualifier unless it is the latest. */
  @Override
  public String toString() {
    return qualifier == Qualifier.LATEST ? id.name().value() : id.name() + ":" + qualifier;
  }
}
