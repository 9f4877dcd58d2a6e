package dev.kiln.gateway.admission;

/** An invocation was not admitted. Carries no stack trace: it is an answer. */
public final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  RefusedException(Refusal refusal) {
    super(refusal.sentence(), null, false, false);
    this.refusal = refusal;
  }

  /** Returns which limit was met. */
  public Refusal refusal() {
    return refusal;
  }
}
