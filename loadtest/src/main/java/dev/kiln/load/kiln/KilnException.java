package dev.kiln.load.kiln;

/** Kiln did not do what a benchmark needs of it. */
public final class KilnException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Creates the exception; {@code message} says what was asked and what came back. */
  public KilnException(String message) {
    super(message);
  }

  KilnException(String message, Throwable cause) {
    super(message, cause);
  }
}
