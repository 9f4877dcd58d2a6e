package dev.kiln.gateway.rest;

import dev.kiln.gateway.http.SlowClients;
import dev.kiln.gateway.log.LogLine;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.List;

/**
 * One client that reads a log. It is given lines as it takes them, and none is held for it: lines
 * that the log drops meanwhile are lost to it. A client that takes nothing for some time is cut
 * off. Belongs to the event loop of the client's connection.
 */
abstract class LogReader {

  /** How many lines are fetched at once. */
  private static final int BATCH = 100;

  private static final long NO_TIMER = -1;

  /** Where the lines come from: the first of those after a number, at most so many. */
  @FunctionalInterface
  interface Source {
    List<LogLine> lines(long after, int most);
  }

  private final HttpServerRequest request;
  private final Source source;
  private final LogQuery query;
  private final Duration timeout;
  private final ContextInternal context = ContextInternal.current();
  private long position;
  private boolean writing;
  private long timer = NO_TIMER;

  /** Creates it for a client that has the lines up to number {@code position}. */
  LogReader(
      HttpServerRequest request, Source source, LogQuery query, Duration timeout, long position) {
    this.request = request;
    this.source = source;
    this.query = query;
    this.timeout = timeout;
    this.position = position;
  }

  /** Returns how {@code line} is written. */
  abstract String text(LogLine line);

  /** Returns what is written where {@code lines} lines were dropped before the client took them. */
  abstract String lost(long lines);

  /** The client has been given all that there is. */
  abstract void caughtUp();

  final void start() {
    HttpServerResponse response = request.response();
    response.setChunked(true);
    response.exceptionHandler(failure -> {});
    response.drainHandler(
        drained -> {
          stopTimer();
          write();
        });
    response.writeHead();
    write();
  }

  /** Writes as much as the client takes. A write may find it ready for more and come here again. */
  final void write() {
    if (writing) {
      return;
    }
    writing = true;
    try {
      boolean more = true;
      while (more && isOpen() && !isFull()) {
        more = writeBatch();
      }
    } finally {
      writing = false;
    }
    if (isOpen() && isFull() && timer == NO_TIMER) {
      timer = context.setTimer(timeout.toMillis(), late -> SlowClients.cutOff(request));
    }
  }

  /** Returns false where there was nothing to write. */
  private boolean writeBatch() {
    List<LogLine> batch = source.lines(position, BATCH);
    if (batch.isEmpty()) {
      caughtUp();
      return false;
    }
    for (LogLine line : batch) {
      if (isFull()) {
        break;
      }
      write(line);
    }
    return true;
  }

  private void write(LogLine line) {
    long missing = line.sequence() - position - 1;
    position = line.sequence();
    if (missing > 0) {
      writeText(lost(missing));
    }
    if (query.wants(line)) {
      writeText(text(line));
    }
  }

  /** Writes {@code text} unless the client is gone. */
  final void writeText(String text) {
    if (isOpen() && !text.isEmpty()) {
      request.response().write(text);
    }
  }

  /** Ends the answer, unless it has ended. */
  final void end() {
    if (isOpen()) {
      request.response().end();
    }
  }

  /** Has the client not cut off: it has taken something, or is gone. */
  final void stopTimer() {
    if (timer != NO_TIMER) {
      context.owner().cancelTimer(timer);
      timer = NO_TIMER;
    }
  }

  final boolean isFull() {
    return request.response().writeQueueFull();
  }

  private boolean isOpen() {
    return !request.response().ended() && !request.response().closed();
  }

  final ContextInternal context() {
    return context;
  }
}
