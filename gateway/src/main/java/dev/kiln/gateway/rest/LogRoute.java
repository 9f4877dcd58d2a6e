package dev.kiln.gateway.rest;

import dev.kiln.gateway.function.FunctionId;
import dev.kiln.gateway.function.FunctionService;
import dev.kiln.gateway.http.PathSegments;
import dev.kiln.gateway.http.ProblemDocuments;
import dev.kiln.gateway.invoke.RequestIds;
import dev.kiln.gateway.log.FunctionLogs;
import dev.kiln.gateway.log.LogLine;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code GET /functions/{name}/logs}: what a function printed lately, as lines of JSON, or with
 * {@code follow=true} as server-sent events that go on. A client that comes back with {@code
 * Last-Event-ID} goes on where it was.
 */
public final class LogRoute implements Handler<RoutingContext> {

  private static final String PREFIX = "/functions/";
  private static final String SUFFIX = "/logs";
  private static final long KEEP_ALIVE_MILLIS = 15_000;

  private final Vertx vertx;
  private final FunctionService functions;
  private final FunctionLogs logs;
  private final int maxStreams;
  private final Set<LogStream> streams = ConcurrentHashMap.newKeySet();

  /** Creates it; at most {@code maxStreams} clients follow logs at once. */
  public LogRoute(Vertx vertx, FunctionService functions, FunctionLogs logs, int maxStreams) {
    this.vertx = vertx;
    this.functions = functions;
    this.logs = logs;
    this.maxStreams = maxStreams;
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
      if (query.follow()) {
        follow(request, id, query);
      } else {
        new LogDump(request.response(), query.select(logs.lines(id, 0)).iterator())
            .start(logs.droppedLines(id));
      }
    } catch (ProblemException e) {
      ProblemDocuments.send(request.response(), RequestIds.next(), e);
    }
  }

  private void follow(HttpServerRequest request, FunctionId id, LogQuery query) {
    if (streams.size() >= maxStreams) {
      throw ProblemException.overCapacity(
          "log-followers", "As many clients follow logs as may (kiln.log.followers)");
    }
    HttpServerResponse response = request.response();
    LogStream stream = new LogStream(response, vertx.getOrCreateContext(), query);
    streams.add(stream);
    response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream");
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.setChunked(true);
    response.writeHead();
    long last = lastEventId(request);
    query.select(logs.follow(id, stream, last)).forEach(stream::write);
    long timer = vertx.setPeriodic(KEEP_ALIVE_MILLIS, tick -> stream.keepAlive());
    Handler<Void> done =
        end -> {
          vertx.cancelTimer(timer);
          logs.unfollow(id, stream);
          streams.remove(stream);
        };
    response.endHandler(done);
    response.closeHandler(done);
    response.exceptionHandler(failure -> {});
  }

  private static long lastEventId(HttpServerRequest request) {
    String last = request.getHeader("Last-Event-ID");
    return last != null && last.matches("[0-9]{1,18}") ? Long.parseLong(last) : 0;
  }

  /** Ends every stream: clients that follow logs must not hold up a stop. */
  public void endStreams() {
    List.copyOf(streams).forEach(LogStream::end);
  }

  /** Writes lines as the client takes them. */
  private static final class LogDump {
    private final HttpServerResponse response;
    private final Iterator<LogLine> lines;

    LogDump(HttpServerResponse response, Iterator<LogLine> lines) {
      this.response = response;
      this.lines = lines;
    }

    void start(long droppedLines) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, "application/x-ndjson");
      response.putHeader("Kiln-Dropped-Lines", Long.toString(droppedLines));
      response.setChunked(true);
      response.exceptionHandler(failure -> {});
      response.drainHandler(drained -> write());
      write();
    }

    private void write() {
      while (lines.hasNext() && !response.writeQueueFull() && !response.closed()) {
        response.write(LogDocuments.json(lines.next()) + "\n");
      }
      if (!lines.hasNext() && !response.ended() && !response.closed()) {
        response.end();
      }
    }
  }
}
