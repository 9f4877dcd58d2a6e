package dev.kiln.gateway.rest;

import dev.kiln.gateway.log.LogFollower;
import dev.kiln.gateway.log.LogLine;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One client that follows a log by server-sent events. Lines come from the log thread and are
 * written on the client's event loop; while the client is behind they are dropped, and it is told
 * how many ({@code event: dropped}).
 */
final class LogStream implements LogFollower {

  private static final int MAX_PENDING = 1_000;

  private final HttpServerResponse response;
  private final Context context;
  private final LogQuery query;
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();

  LogStream(HttpServerResponse response, Context context, LogQuery query) {
    this.response = response;
    this.context = context;
    this.query = query;
  }

  @Override
  public void line(LogLine line) {
    if (!query.wants(line)) {
      return;
    }
    if (pending.incrementAndGet() > MAX_PENDING) {
      pending.decrementAndGet();
      dropped.incrementAndGet();
      return;
    }
    context.runOnContext(
        turn -> {
          pending.decrementAndGet();
          write(line);
        });
  }

  /** Writes one line; on the client's event loop. */
  void write(LogLine line) {
    if (response.closed() || response.ended()) {
      return;
    }
    if (response.writeQueueFull()) {
      dropped.incrementAndGet();
      return;
    }
    int lost = dropped.getAndSet(0);
    if (lost > 0) {
      response.write("event: dropped\ndata: {\"lines\":" + lost + "}\n\n");
    }
    response.write("id: " + line.sequence() + "\ndata: " + LogDocuments.json(line) + "\n\n");
  }

  /** Writes a comment, so that proxies and clients see that the connection lives. */
  void keepAlive() {
    if (!response.closed() && !response.ended()) {
      response.write(": alive\n\n");
    }
  }

  /** Ends the stream, from any thread. */
  void end() {
    context.runOnContext(
        turn -> {
          if (!response.closed() && !response.ended()) {
            response.end();
          }
        });
  }
}
