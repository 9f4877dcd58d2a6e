package dev.kiln.gateway.function;

/** The store of functions cannot be reached. */
public final class StoreUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates it; {@code message} names the step. */
  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
