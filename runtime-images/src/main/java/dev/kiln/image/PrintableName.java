package dev.kiln.image;

/** Shows a stranger's name in a message: unprintable characters escaped, and shortened. */
public final class PrintableName {

  private static final int MAX_CHARACTERS = 200;

  private PrintableName() {}

  /** Returns {@code name} as it may stand in a message, at most 201 characters before escaping. */
  public static String of(String name) {
    StringBuilder shown = new StringBuilder();
    name.codePoints()
        .limit(MAX_CHARACTERS)
        .forEach(
            point -> {
              if (Character.isISOControl(point) || Character.getType(point) == Character.FORMAT) {
                shown.append(String.format("\\u%04x", point));
              } else {
                shown.appendCodePoint(point);
              }
            });
    return name.codePointCount(0, name.length()) > MAX_CHARACTERS
        ? shown.append('…').toString()
        : shown.toString();
  }
}
