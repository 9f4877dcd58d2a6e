package dev.kiln.gateway.function;

/**
 * A function's name within its account: 1 to 64 of {@code A-Z a-z 0-9 _ -}, which is safe in keys,
 * paths and ARNs.
 *
 * @param value the name
 */
public record FunctionName(String value) implements Comparable<FunctionName> {

  private static final int MAX_LENGTH = 64;

  /** Throws {@link IllegalArgumentException} unless {@code value} is a function's name. */
  public FunctionName {
    if (!isName(value)) {
      throw new IllegalArgumentException("A function's name is 1 to 64 of A-Z, a-z, 0-9, _ and -");
    }
  }

  /** Returns whether {@code text} is a function's name. */
  public static boolean isName(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (!isNameCharacter(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNameCharacter(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '_'
        || c == '-';
  }

  @Override
  public int compareTo(FunctionName other) {
    return value.compareTo(other.value);
  }

  /** Returns {@link #value}. */
  @Override
  public String toString() {
    return value;
  }
}
