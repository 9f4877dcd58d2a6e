package dev.kiln.load.report;

/**
 * What a measure has to be.
 *
 * @param bound which side of the limit is good
 * @param limit the limit, itself good
 */
public record Goal(Bound bound, double limit) {

  /** Which side of a limit is good. */
  public enum Bound {
    /** Small values are good. */
    AT_MOST("≤"),
    /** Large values are good. */
    AT_LEAST("≥");

    private final String sign;

    Bound(String sign) {
      this.sign = sign;
    }

    /** Returns the mathematical sign. */
    public String sign() {
      return sign;
    }
  }

  /** Returns a goal that larger values miss. */
  public static Goal atMost(double limit) {
    return new Goal(Bound.AT_MOST, limit);
  }

  /** Returns a goal that smaller values miss. */
  public static Goal atLeast(double limit) {
    return new Goal(Bound.AT_LEAST, limit);
  }

  /** Returns whether {@code value} meets the goal. */
  public boolean met(double value) {
    return switch (bound) {
      case AT_MOST -> value <= limit;
      case AT_LEAST -> value >= limit;
    };
  }
}
