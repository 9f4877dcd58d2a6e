package dev.kiln.gateway.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.gateway.log.LogLine;
import java.util.Locale;

/** Log lines as JSON. */
final class LogDocuments {

  private LogDocuments() {}

  /** Returns {@code {time, requestId, version, stream, message}}, on one line. */
  static String json(LogLine line) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("time", line.time().toString());
    document.put("requestId", line.requestId().orElse(null));
    document.put("version", line.version());
    document.put("stream", line.stream().name().toLowerCase(Locale.ROOT));
    document.put("message", line.message());
    if (line.droppedBytes() > 0) {
      document.put("droppedBytes", line.droppedBytes());
    }
    return document.toString();
  }
}
