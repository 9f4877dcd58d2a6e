package dev.kiln.gateway.problem;

import java.util.Locale;

/** Whose business a problem is. */
public enum ProblemClass {
  /** The caller's, or the function's: the same call again fails again. */
  CALLER,
  /** There is no room at the moment: the same call later may succeed. */
  CAPACITY,
  /** Kiln's own. */
  KILN;

  /** Returns the name in lower case, as documents carry it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
