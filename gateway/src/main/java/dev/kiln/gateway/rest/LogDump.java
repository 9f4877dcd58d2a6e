package dev.kiln.gateway.rest;

import dev.kiln.gateway.log.LogLine;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/** A client that reads what there is, as lines of JSON. */
final class LogDump extends LogReader {

  LogDump(
      HttpServerRequest request, Source source, LogQuery query, Duration timeout, long position) {
    super(request, source, query, timeout, position);
    request.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/x-ndjson");
  }

  @Override
  String text(LogLine line) {
    return LogDocuments.json(line) + "\n";
  }

  @Override
  String lost(long lines) {
    return "";
  }

  @Override
  void caughtUp() {
    end();
  }
}
