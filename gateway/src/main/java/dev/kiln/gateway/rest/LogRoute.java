package dev.kiln.gateway.rest;

import dev.kiln.gateway.function.FunctionId;
import dev.kiln.gateway.function.FunctionService;
import dev.kiln.gateway.http.PathSegments;
import dev.kiln.gateway.http.ProblemDocuments;
import dev.kiln.gateway.invoke.RequestIds;
import dev.kiln.gateway.log.FunctionLogs;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@code GET /functions/{name}/logs}: what a function printed lately, as lines of JSON, or with
 * {@code follow=true} as server-sent events that go on. A client that comes back with {@code
 * Last-Event-ID} goes on where it was.
 */
public final class LogRoute implements Handler<RoutingContext> {

  private static final String PREFIX = "/functions/";
  private static final String SUFFIX = "/logs";
  private static final long KEEP_ALIVE_MILLIS = 15_000;

  /** Lines are numbered from 1. */
  private static final long NO_LINE = 0;

  private final Vertx vertx;
  private final FunctionService functions;
  private final FunctionLogs logs;
  private final Duration timeout;
  private final Semaphore places;
  private final Set<LogStream> streams = ConcurrentHashMap.newKeySet();

  /**
   * Creates it.
   *
   * @param maxReaders how many clients may read logs at once
   * @param timeout how long one may take nothing of what there is for it
   */
  public LogRoute(
      Vertx vertx, FunctionService functions, FunctionLogs logs, int maxReaders, Duration timeout) {
    this.vertx = vertx;
    this.functions = functions;
    this.logs = logs;
    this.places = new Semaphore(maxReaders);
    this.timeout = timeout;
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    String path = request.path();
    if (!request.method().equals(HttpMethod.GET)
        || !path.endsWith(SUFFIX)
        || path.length() <= PREFIX.length() + SUFFIX.length()) {
      context.next();
      return;
    }
    try {
      FunctionId id =
          PathSegments.function(path.substring(PREFIX.length(), path.length() - SUFFIX.length()));
      LogQuery query = LogQuery.of(request.params());
      if (functions.find(id).isEmpty()) {
        throw ProblemException.of(
            ProblemCode.FUNCTION_NOT_FOUND, "There is no function " + id.name());
      }
      read(request, id, query);
    } catch (ProblemException e) {
      ProblemDocuments.send(request.response(), RequestIds.next(), e);
    }
  }

  private void read(HttpServerRequest request, FunctionId id, LogQuery query) {
    if (!places.tryAcquire()) {
      throw ProblemException.overCapacity(
          "log-readers", "As many clients read logs as may (kiln.log.readers)");
    }
    if (query.follow()) {
      follow(request, id, query);
    } else {
      dump(request, id, query);
    }
  }

  private void dump(HttpServerRequest request, FunctionId id, LogQuery query) {
    request.response().putHeader("Kiln-Dropped-Lines", Long.toString(logs.droppedLines(id)));
    long last = logs.lastNumber(id); // what is printed meanwhile would make it endless
    LogReader.Source source =
        (after, most) ->
            logs.lines(id, after, most).stream()
                .takeWhile(line -> line.sequence() <= last)
                .toList();
    LogReader dump = new LogDump(request, source, query, timeout, start(id, query, NO_LINE));
    onceDone(
        request.response(),
        () -> {
          dump.stopTimer();
          places.release();
        });
    dump.start();
  }

  private void follow(HttpServerRequest request, FunctionId id, LogQuery query) {
    LogReader.Source source = (after, most) -> logs.lines(id, after, most);
    long last = lastEventId(request);
    // A greater number than there is comes from before the gateway's start.
    long known = last <= logs.lastNumber(id) ? last : NO_LINE;
    LogStream stream = new LogStream(request, source, query, timeout, start(id, query, known));
    streams.add(stream);
    long timer = vertx.setPeriodic(KEEP_ALIVE_MILLIS, tick -> stream.keepAlive());
    onceDone(
        request.response(),
        () -> {
          vertx.cancelTimer(timer);
          logs.unfollow(id, stream);
          streams.remove(stream);
          stream.stopTimer();
          places.release();
        });
    logs.follow(id, stream);
    stream.start();
  }

  /** Returns the number of the line before the first that a client gets which has {@code known}. */
  private long start(FunctionId id, LogQuery query, long known) {
    return query.start(logs.lines(id, known, Integer.MAX_VALUE), known);
  }

  private static void onceDone(HttpServerResponse response, Runnable action) {
    AtomicBoolean done = new AtomicBoolean();
    Handler<Void> handler =
        end -> {
          if (done.compareAndSet(false, true)) {
            action.run();
          }
        };
    response.endHandler(handler);
    response.closeHandler(handler);
  }

  private static long lastEventId(HttpServerRequest request) {
    String last = request.getHeader("Last-Event-ID");
    return last != null && last.matches("[0-9]{1,18}") ? Long.parseLong(last) : NO_LINE;
  }

  /** Ends every stream: clients that follow logs must not hold up a stop. */
  public void endStreams() {
    streams.forEach(LogStream::ended);
  }
}
