package dev.kiln.contract.framed;

/**
 * Writes JSON strings without a parser's machinery: an invocation's header is written on every
 * call.
 */
final class JsonText {

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private JsonText() {}

  /** Appends {@code text} as a JSON string (RFC 8259, section 7) and returns {@code to}. */
  static StringBuilder quote(StringBuilder to, String text) {
    to.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        to.append('\\').append(c);
      } else if (c < 0x20) {
        to.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
      } else {
        to.append(c);
      }
    }
    return to.append('"');
  }
}
