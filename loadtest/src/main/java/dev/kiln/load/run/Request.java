package dev.kiln.load.run;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * One HTTP/1.1 request, encoded before the run so that sending it is one copy and one write.
 * Immutable; may be sent any number of times.
 */
public final class Request {

  private final byte[] encoded;

  private Request(byte[] encoded) {
    this.encoded = encoded;
  }

  /**
   * Encodes a request for {@code target}.
   *
   * @param path path and query, starting with a slash
   * @param headers beside {@code Host} and {@code Content-Length}, which are set here
   * @param body may be empty
   */
  public static Request of(
      Target target, String method, String path, Map<String, String> headers, byte[] body) {
    StringBuilder head = new StringBuilder(160 + path.length());
    head.append(method)
        .append(' ')
        .append(path)
        .append(" HTTP/1.1\r\nHost: ")
        .append(target.authority());
    headers.forEach(
        (name, value) ->
            head.append("\r\n").append(checked(name)).append(": ").append(checked(value)));
    if (body.length > 0 || method.equals("POST") || method.equals("PUT")) {
      head.append("\r\nContent-Length: ").append(body.length);
    }
    byte[] start = head.append("\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] encoded = new byte[start.length + body.length];
    System.arraycopy(start, 0, encoded, 0, start.length);
    System.arraycopy(body, 0, encoded, start.length, body.length);
    return new Request(encoded);
  }

  /** Encodes a POST of a JSON document. */
  public static Request postJson(Target target, String path, String json) {
    return of(
        target,
        "POST",
        path,
        Map.of("Content-Type", "application/json"),
        json.getBytes(StandardCharsets.UTF_8));
  }

  byte[] encoded() {
    return encoded;
  }

  private static String checked(String text) {
    if (text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a header must not contain a line break");
    }
    return text;
  }
}
