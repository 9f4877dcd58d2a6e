package dev.kiln.gateway.function;

/**
 * Which version of a function is meant: the latest revision, a published number, or what an alias
 * names.
 */
public sealed interface Qualifier {

  /** Whatever was deployed last. */
  Qualifier LATEST = new Latest();

  /**
   * Returns the qualifier that {@code text} writes: {@code $LATEST}, a number from 1, or an alias.
   */
  static Qualifier parse(String text) {
    if (text.equals(Latest.TEXT)) {
      return LATEST;
    }
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Number.parse(text);
    }
    return new Named(text);
  }

  /** The revision deployed last. */
  record Latest() implements Qualifier {
    private static final String TEXT = "$LATEST";

    @Override
    public String toString() {
      return TEXT;
    }
  }

  /** A published version. */
  record Number(int value) implements Qualifier {
    private static final int MAX_DIGITS = 9;

    /** Throws {@link IllegalArgumentException} unless {@code value} is at least 1. */
    public Number {
      if (value < 1) {
        throw new IllegalArgumentException("Versions are numbered from 1");
      }
    }

    private static Number parse(String digits) {
      if (digits.length() > MAX_DIGITS) {
        throw new IllegalArgumentException("A version's number has at most nine digits");
      }
      return new Number(Integer.parseInt(digits));
    }

    @Override
    public String toString() {
      return Integer.toString(value);
    }
  }

  /** An alias. */
  record Named(String alias) implements Qualifier {
    /**
     * Throws {@link IllegalArgumentException} unless {@code alias} is a name that is not a number.
     */
    public Named {
      if (!FunctionName.isName(alias) || alias.chars().allMatch(c -> c >= '0' && c <= '9')) {
        throw new IllegalArgumentException(
            "A qualifier is $LATEST, a version's number, or an alias of 1 to 64 of A-Z, "
                + "a-z, 0-9, _ and -");
      }
    }

    @Override
    public String toString() {
      return alias;
    }
  }
}
