package dev.kiln.gateway.rest;

import dev.kiln.contract.Answer;
import dev.kiln.gateway.function.FunctionReference;
import dev.kiln.gateway.http.Event;
import dev.kiln.gateway.http.EventReader;
import dev.kiln.gateway.http.HttpCaller;
import dev.kiln.gateway.http.InvocationHeaders;
import dev.kiln.gateway.http.PathSegments;
import dev.kiln.gateway.http.ProblemDocuments;
import dev.kiln.gateway.invoke.Call;
import dev.kiln.gateway.invoke.InvocationPath;
import dev.kiln.gateway.invoke.RequestIds;
import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.gateway.problem.Violation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.impl.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * {@code POST /functions/{name}/invocations}: the body is the event, the answer is what the handler
 * returned. A lean route on the event loop: no worker thread, no body handler, no copy of either
 * body.
 */
public final class InvocationRoute implements Handler<RoutingContext> {

  private static final String PREFIX = "/functions/";
  private static final String SUFFIX = "/invocations";
  private static final String NO_PARAMETERS =
      "is not a parameter here; there are none, and another version is called as name:version";

  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  /** What a handler gets for a call without a body, as in AWS Lambda. */
  private static final ByteBuf NO_EVENT =
      Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("{}", StandardCharsets.UTF_8)).asReadOnly();

  private final EventReader reader;
  private final InvocationPath path;

  /** Creates it. */
  public InvocationRoute(EventReader reader, InvocationPath path) {
    this.reader = reader;
    this.path = path;
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    String uri = request.path();
    if (!request.method().equals(HttpMethod.POST)
        || !uri.endsWith(SUFFIX)
        || uri.length() <= PREFIX.length() + SUFFIX.length()) {
      context.next();
      return;
    }
    long startedAt = System.nanoTime();
    String requestId = RequestIds.next();
    FunctionReference reference;
    try {
      reference =
          PathSegments.reference(uri.substring(PREFIX.length(), uri.length() - SUFFIX.length()));
      refuseParameters(request);
    } catch (ProblemException e) {
      ProblemDocuments.send(request.response(), requestId, e);
      return;
    }
    reader.read(
        request,
        event -> invoke(request, requestId, reference, event, startedAt),
        problem -> ProblemDocuments.send(request.response(), requestId, problem));
  }

  private void invoke(
      HttpServerRequest request,
      String requestId,
      FunctionReference reference,
      Event event,
      long startedAt) {
    ByteBuf content = event.content().isReadable() ? event.content() : NO_EVENT.duplicate();
    Call call =
        new Call(
            requestId,
            reference,
            content,
            ContextInternal.current().nettyEventLoop(),
            startedAt,
            Optional.ofNullable(request.getHeader(InvocationHeaders.TRACE_ID)));
    JsonCaller caller = new JsonCaller(request, event.share());
    caller.follow(call);
    path.run(call, caller);
  }

  private static void refuseParameters(HttpServerRequest request) {
    String query = request.query();
    if (query != null && !query.isEmpty()) {
      throw ProblemException.ofViolations(
          request.params().names().stream()
              .map(name -> new Violation(name, NO_PARAMETERS))
              .toList());
    }
  }

  private static final class JsonCaller extends HttpCaller {
    JsonCaller(HttpServerRequest request, Event.Share share) {
      super(request, share);
    }

    @Override
    protected Future<Void> respond(HttpServerResponse response, Call call, Answer answer) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, JSON);
      InvocationHeaders.put(response, call);
      return end(response, answer.body());
    }
  }
}
