package dev.kiln.gateway.rest;

import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.ext.web.Router;

/**
 * The routes that stand beside the REST resources because they stream or have to be quick. They
 * come before Quarkus' own check of bodies' sizes, which knows one limit for all.
 */
public final class NativeRoutes {

  private static final int ORDER = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1;
  private static final String FUNCTIONS = "/functions/*";

  private final InvocationRoute invocation;
  private final DeploymentRoute deployment;

  /** Creates them. */
  public NativeRoutes(InvocationRoute invocation, DeploymentRoute deployment) {
    this.invocation = invocation;
    this.deployment = deployment;
  }

  /** Adds them to {@code router}. */
  public void addTo(Router router) {
    router.route(FUNCTIONS).order(ORDER).handler(invocation);
    router.route(FUNCTIONS).order(ORDER).handler(deployment);
  }
}
