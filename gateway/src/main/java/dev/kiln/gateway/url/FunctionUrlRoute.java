package dev.kiln.gateway.url;

import dev.kiln.contract.Answer;
import dev.kiln.gateway.function.FunctionReference;
import dev.kiln.gateway.http.Event;
import dev.kiln.gateway.http.EventOutput;
import dev.kiln.gateway.http.EventReader;
import dev.kiln.gateway.http.FailureHandler;
import dev.kiln.gateway.http.HttpCaller;
import dev.kiln.gateway.http.InvocationHeaders;
import dev.kiln.gateway.http.PathSegments;
import dev.kiln.gateway.http.ProblemDocuments;
import dev.kiln.gateway.invoke.Call;
import dev.kiln.gateway.invoke.InvocationPath;
import dev.kiln.gateway.invoke.LiveFunctions;
import dev.kiln.gateway.invoke.RequestIds;
import dev.kiln.gateway.problem.ProblemException;
import io.netty.buffer.ByteBuf;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.impl.ContextInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * {@code ANY /fn/{name}/{path}}: the function behind a URL. The function's name is no part of the
 * path that it sees. The event's shape is that of the version which answers when the request comes;
 * a deployment that changes the shape while the request waits for its turn is not waited for.
 */
public final class FunctionUrlRoute implements Handler<RoutingContext> {

  private static final String PREFIX = "/fn/";

  private final EventReader reader;
  private final LiveFunctions functions;
  private final InvocationPath path;

  /** Creates it. */
  public FunctionUrlRoute(EventReader reader, LiveFunctions functions, InvocationPath path) {
    this.reader = reader;
    this.functions = functions;
    this.path = path;
  }

  /** Adds it to {@code router}, before Quarkus' check of bodies' sizes. */
  public void addTo(Router router) {
    router
        .route(PREFIX + "*")
        .order(RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1)
        .handler(this)
        .failureHandler(FailureHandler::handle);
  }

  @Override
  public void handle(RoutingContext context) {
    long startedAt = System.nanoTime();
    HttpServerRequest request = context.request();
    String requestId = RequestIds.next();
    String rest = request.path().substring(PREFIX.length());
    int slash = rest.indexOf('/');
    FunctionReference reference;
    try {
      reference = PathSegments.reference(slash < 0 ? rest : rest.substring(0, slash));
    } catch (ProblemException e) {
      ProblemDocuments.send(request.response(), requestId, e);
      return;
    }
    String functionPath = slash < 0 ? "/" : rest.substring(slash);
    reader.read(
        request,
        event ->
            invoke(
                UrlRequest.of(request, requestId, reference, functionPath, event.content()),
                request,
                event,
                startedAt),
        problem -> ProblemDocuments.send(request.response(), requestId, problem));
  }

  private void invoke(
      UrlRequest mapped, HttpServerRequest request, Event received, long startedAt) {
    UrlCaller caller = new UrlCaller(request, received.share());
    ByteBuf event;
    try {
      event = map(mapped, received);
    } catch (ProblemException e) {
      received.share().close();
      ProblemDocuments.send(request.response(), mapped.requestId(), e);
      return;
    } finally {
      received.content().release();
    }
    Call call =
        new Call(
            mapped.requestId(),
            mapped.reference(),
            event,
            ContextInternal.current().nettyEventLoop(),
            startedAt,
            Optional.ofNullable(request.getHeader(InvocationHeaders.TRACE_ID)));
    caller.follow(call);
    path.run(call, caller);
  }

  private ByteBuf map(UrlRequest request, Event received) {
    EventMapping mapping = EventMapping.of(functions.eventFormat(request.reference()));
    EventOutput event = reader.output(received);
    boolean whole = false;
    try {
      mapping.map(request, event);
      whole = true;
      return event.content();
    } finally {
      if (!whole) {
        event.content().release();
      }
    }
  }

  private static final class UrlCaller extends HttpCaller {
    private final boolean head;

    UrlCaller(HttpServerRequest request, Event.Share share) {
      super(request, share);
      this.head = request.method().equals(HttpMethod.HEAD);
    }

    @Override
    protected Future<Void> respond(HttpServerResponse response, Call call, Answer answer) {
      InvocationHeaders.put(response, call);
      Optional<UrlAnswer> described;
      try {
        described = UrlAnswer.of(answer.body());
      } catch (ProblemException e) {
        answer.body().release();
        ProblemDocuments.send(response, call.requestId(), e);
        return Future.succeededFuture();
      }
      if (described.isPresent()) {
        answer.body().release();
        return respond(response, described.get());
      }
      response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
      return end(response, answer.body());
    }

    private Future<Void> respond(HttpServerResponse response, UrlAnswer described) {
      response.setStatusCode(described.status());
      described.headers().forEach(header -> response.headers().add(header.name(), header.value()));
      if (head) {
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(described.body().length));
        return response.end();
      }
      return response.end(Buffer.buffer(described.body()));
    }
  }
}
