package dev.kiln.pool;

/** A stem turned out to be dead when it was to be used. Nobody's call has begun in it. */
final class StemDiedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  StemDiedException() {
    super("The stem has died.", null, false, false);
  }
}
