package dev.kiln.gateway.url;

import com.fasterxml.jackson.core.JsonGenerator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** A request's body in an event: as text where it is text, else in base64. */
final class EventBody {

  private EventBody() {}

  /** Writes {@code body} (unless there is none) and {@code isBase64Encoded}. */
  static void write(JsonGenerator json, MultiMap headers, ByteBuf body) throws IOException {
    Optional<String> text = isText(headers) ? decode(body) : Optional.empty();
    boolean binary = body.isReadable() && text.isEmpty();
    if (binary) {
      json.writeFieldName("body");
      json.writeBinary(new ByteBufInputStream(body.duplicate()), body.readableBytes());
    } else if (body.isReadable()) {
      json.writeStringField("body", text.orElseThrow());
    }
    json.writeBooleanField("isBase64Encoded", binary);
  }

  private static Optional<String> decode(ByteBuf body) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(body.nioBuffer())
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static boolean isText(MultiMap headers) {
    if (headers.contains(HttpHeaders.CONTENT_ENCODING)) {
      return false;
    }
    String type = headers.get(HttpHeaders.CONTENT_TYPE);
    if (type == null) {
      return true;
    }
    int end = type.indexOf(';');
    String media = (end < 0 ? type : type.substring(0, end)).trim().toLowerCase(Locale.ROOT);
    return media.startsWith("text/")
        || media.endsWith("+json")
        || media.endsWith("+xml")
        || switch (media) {
          case "application/json",
              "application/xml",
              "application/javascript",
              "application/x-www-form-urlencoded" ->
              true;
          default -> false;
        };
  }
}
