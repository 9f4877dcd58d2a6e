package dev.kiln.gateway.rest;

import dev.kiln.gateway.http.FailureHandler;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.Handler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * The routes that stand beside the REST resources because they stream or have to be quick. They
 * come before Quarkus' own check of bodies' sizes, which knows one limit for all.
 */
public final class NativeRoutes {

  private static final int ORDER = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1;
  private static final String FUNCTIONS = "/functions/*";

  private final InvocationRoute invocation;
  private final DeploymentRoute deployment;
  private final LogRoute log;

  /** Creates them. */
  public NativeRoutes(InvocationRoute invocation, DeploymentRoute deployment, LogRoute log) {
    this.invocation = invocation;
    this.deployment = deployment;
    this.log = log;
  }

  /** Adds them to {@code router}, the one that has to be quick first. */
  public void addTo(Router router) {
    add(router, FUNCTIONS, invocation);
    add(router, "/*", new AllowedMethods());
    add(router, FUNCTIONS, deployment);
    add(router, FUNCTIONS, log);
  }

  private static void add(Router router, String path, Handler<RoutingContext> route) {
    router.route(path).order(ORDER).handler(route).failureHandler(FailureHandler::handle);
  }

  /** Ends what would go on for ever. */
  public void endStreams() {
    log.endStreams();
  }
}
