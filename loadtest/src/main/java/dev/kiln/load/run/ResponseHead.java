package dev.kiln.load.run;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Status line and headers of the answer that was just received. Backed by the connection's buffer
 * and overwritten by its next answer: whoever wants a header asks for it while the answer is being
 * reported.
 */
public final class ResponseHead {

  private static final int MAX_BYTES = 64 * 1024;

  private byte[] bytes = new byte[1024];
  private int length;

  ResponseHead() {}

  /** Returns the status code. */
  public int status() {
    // "HTTP/1.1 200": the shortest status line that is well-formed has 12 bytes.
    if (length < 12 || bytes[8] != ' ') {
      throw new MalformedResponseException("no status line");
    }
    return digit(9) * 100 + digit(10) * 10 + digit(11);
  }

  /** Returns the first header of that name, without surrounding blanks. */
  public Optional<String> header(String name) {
    int line = nextLine(0);
    while (line < length) {
      int next = nextLine(line);
      if (startsWith(line, name)) {
        String value =
            new String(
                bytes,
                line + name.length() + 1,
                next - line - name.length() - 1,
                StandardCharsets.ISO_8859_1);
        return Optional.of(value.trim());
      }
      line = next;
    }
    return Optional.empty();
  }

  void clear() {
    length = 0;
  }

  /**
   * Appends one byte and returns whether the head is complete, that is, ends with an empty line.
   */
  boolean append(byte next) {
    if (length == bytes.length) {
      grow();
    }
    bytes[length++] = next;
    return next == '\n' && length >= 4 && bytes[length - 2] == '\r' && bytes[length - 3] == '\n';
  }

  private void grow() {
    if (length >= MAX_BYTES) {
      throw new MalformedResponseException("headers of more than " + MAX_BYTES + " bytes");
    }
    bytes = java.util.Arrays.copyOf(bytes, length * 2);
  }

  private int digit(int at) {
    int value = bytes[at] - '0';
    if (value < 0 || value > 9) {
      throw new MalformedResponseException("no status code");
    }
    return value;
  }

  private int nextLine(int from) {
    int at = from;
    while (at < length && bytes[at] != '\n') {
      at++;
    }
    return at + 1;
  }

  private boolean startsWith(int line, String name) {
    int end = line + name.length();
    if (end >= length || bytes[end] != ':') {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (lower(bytes[line + i]) != lower((byte) name.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte letter) {
    return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
  }
}
