package dev.kiln.gateway.http;

import static java.util.regex.Pattern.CASE_INSENSITIVE;

import dev.kiln.gateway.invoke.RequestIds;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.gateway.problem.Violation;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.AttributeKey;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Stands before every other route. Refuses requests of a version that is not known here, those
 * whose head leaves open for whom they are or where their body ends, and, once Kiln is stopping,
 * all but those for its health; and has what a connection's requests hold together bounded.
 */
public final class RequestCheck {

  private static final String CHUNKED = "chunked";

  /** To close at once, with bytes unread, could take the answer away from the client. */
  private static final long LINGER_MILLIS = 200;

  /** Borne by a connection of which a request was refused here. */
  private static final AttributeKey<Boolean> ENDING = AttributeKey.valueOf("kiln.ending");

  private static final String OPERATION = "/q/";

  /** A segment of a path that leads to itself or upwards, encoded or not. */
  private static final Pattern DOTS = Pattern.compile("/(\\.|%2e){1,2}(/|$)", CASE_INSENSITIVE);

  private final ByteBudget budget;
  private final Duration sendTimeout;
  private volatile boolean stopping;

  /**
   * Creates it; what pipelined requests and their answers hold counts against {@code budget}, and
   * an answer is taken within {@code sendTimeout}.
   */
  public RequestCheck(ByteBudget budget, Duration sendTimeout) {
    this.budget = budget;
    this.sendTimeout = sendTimeout;
  }

  /** Adds it to {@code router}. */
  public void addTo(Router router) {
    router
        .route()
        .order(RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 2)
        .handler(this::handle)
        .failureHandler(this::failed);
  }

  private void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    bound(request);
    if (channel(request).hasAttr(ENDING)) {
      return; // perhaps a body that was taken for a request; its connection is about to end
    }
    Optional<Violation> violation = violation(request);
    if (violation.isPresent()) {
      refuse(context, violation.get());
    } else if (stopping && !request.path().startsWith(OPERATION)) {
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      ProblemDocuments.send(request.response(), RequestIds.next(), stopping());
    } else {
      context.next();
    }
  }

  /** Refuses what comes from now on, so that what is under way can end. */
  public void stop() {
    stopping = true;
  }

  private static ProblemException stopping() {
    return ProblemException.of(ProblemCode.STOPPING, "Kiln was told to stop");
  }

  /** Vert.x itself refuses, before any route, what has no usable host. */
  private void failed(RoutingContext context) {
    bound(context.request());
    Optional<Violation> violation = violation(context.request());
    violation.ifPresentOrElse(
        found -> refuse(context, found), () -> FailureHandler.handle(context));
  }

  private static void refuse(RoutingContext context, Violation violation) {
    HttpServerRequest request = context.request();
    channel(request).attr(ENDING).set(true);
    request
        .response()
        .endHandler(
            end -> context.vertx().setTimer(LINGER_MILLIS, late -> request.connection().close()));
    ProblemDocuments.send(
        request.response(), RequestIds.next(), ProblemException.ofViolations(List.of(violation)));
  }

  private void bound(HttpServerRequest request) {
    ChannelHandlerContext context = context(request);
    if (context.pipeline().get(PipelinedRequests.class) == null) {
      context
          .pipeline()
          .addBefore(context.name(), null, new PipelinedRequests(budget, sendTimeout));
    }
  }

  private static Channel channel(HttpServerRequest request) {
    return context(request).channel();
  }

  /** Returns Vert.x' own place in the pipeline of the connection of {@code request}. */
  static ChannelHandlerContext context(HttpServerRequest request) {
    return ((ConnectionBase) request.connection()).channelHandlerContext();
  }

  private static Optional<Violation> violation(HttpServerRequest request) {
    if (request.version() == null) {
      return Optional.of(new Violation("version", "must be HTTP/1.1 or HTTP/1.0"));
    }
    if (request.authority() == null || request.headers().getAll(HttpHeaders.HOST).size() > 1) {
      return Optional.of(new Violation("Host", "must be there once, as host or host:port"));
    }
    String path = request.path();
    if (path == null || !path.startsWith("/") || DOTS.matcher(path).find()) {
      return Optional.of(
          new Violation("path", "must begin with '/' and have no segment '.' or '..'"));
    }
    List<String> encodings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
    if (encodings.isEmpty()
        || encodings.size() == 1 && encodings.get(0).equalsIgnoreCase(CHUNKED)) {
      return Optional.empty();
    }
    return Optional.of(new Violation("Transfer-Encoding", "must be chunked, or not be there"));
  }
}
