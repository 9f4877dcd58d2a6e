package dev.kiln.gateway.function;

/**
 * A number published for a revision.
 *
 * @param number from 1, never used twice while the function exists
 * @param revision the revision it names for ever
 */
public record FunctionVersion(int number, Revision revision) {

  /** Throws {@link IllegalArgumentException} unless the number is at least 1. */
  public FunctionVersion {
    if (number < 1) {
      throw new IllegalArgumentException("Versions are numbered from 1");
    }
  }
}
