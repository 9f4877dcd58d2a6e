package dev.kiln.gateway.invoke;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Whether an event is JSON. Only asked where a runtime says that it is not. */
final class EventSyntax {

  private static final JsonFactory JSON = new JsonFactory();

  private EventSyntax() {}

  /** Returns whether {@code event} is one JSON value that is not nested beyond reason. */
  static boolean isJson(ByteBuf event) {
    InputStream bytes = new ByteBufInputStream(event.duplicate());
    try (JsonParser parser = JSON.createParser(bytes)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }
}
