package dev.kiln.gateway.rest;

import dev.kiln.gateway.log.LogFollower;
import dev.kiln.gateway.log.LogLine;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A client that follows a log by server-sent events. Where it is behind and lines are dropped, it
 * is told how many ({@code event: dropped}).
 */
final class LogStream extends LogReader implements LogFollower {

  private final AtomicBoolean told = new AtomicBoolean();

  LogStream(
      HttpServerRequest request, Source source, LogQuery query, Duration timeout, long position) {
    super(request, source, query, timeout, position);
    request.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream");
    request.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
  }

  @Override
  String text(LogLine line) {
    return "id: " + line.sequence() + "\ndata: " + LogDocuments.json(line) + "\n\n";
  }

  @Override
  String lost(long lines) {
    return "event: dropped\ndata: {\"lines\":" + lines + "}\n\n";
  }

  @Override
  void caughtUp() {}

  @Override
  public void more() {
    if (told.compareAndSet(false, true)) {
      context()
          .runOnContext(
              turn -> {
                told.set(false);
                write();
              });
    }
  }

  /** Ends the stream, from any thread. */
  @Override
  public void ended() {
    context().runOnContext(turn -> end());
  }

  /** Writes a comment, so that proxies and clients see that the connection lives. */
  void keepAlive() {
    if (!isFull()) {
      writeText(": alive\n\n");
    }
  }
}
