package dev.kiln.gateway.invoke;

/** Ends a call whose caller went away before its turn came. Nobody is left to be told. */
final class CallerGone extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CallerGone() {
    super("The caller went away", null, false, false);
  }
}
