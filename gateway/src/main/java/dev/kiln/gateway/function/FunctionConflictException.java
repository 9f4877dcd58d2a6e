package dev.kiln.gateway.function;

/** Someone else changed the function meanwhile. */
public final class FunctionConflictException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates it for the function {@code id}. */
  public FunctionConflictException(FunctionId id) {
    super("Function " + id.name() + " was changed by someone else at the same time");
  }
}
