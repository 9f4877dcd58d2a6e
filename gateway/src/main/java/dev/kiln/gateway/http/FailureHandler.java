package dev.kiln.gateway.http;

import dev.kiln.gateway.invoke.RequestIds;
import io.vertx.ext.web.RoutingContext;
import org.jboss.logging.Logger;

/** Answers a request whose route failed by a mistake of Kiln's: its cause is for the log alone. */
public final class FailureHandler {

  private static final Logger LOG = Logger.getLogger(FailureHandler.class);

  private FailureHandler() {}

  /** Takes what a route threw. */
  public static void handle(RoutingContext context) {
    String requestId = RequestIds.next();
    LOG.errorf(context.failure(), "Request %s failed", requestId);
    ProblemDocuments.send(context.response(), requestId, ProblemDocuments.internal());
  }
}
