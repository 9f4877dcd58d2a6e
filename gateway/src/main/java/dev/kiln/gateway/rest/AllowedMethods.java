package dev.kiln.gateway.rest;

import dev.kiln.gateway.http.ProblemDocuments;
import dev.kiln.gateway.invoke.RequestIds;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Refuses methods that a path does not have, and says which it has. Here because it takes both the
 * REST resources and the routes beside them to know: each by itself would name its own.
 */
final class AllowedMethods implements Handler<RoutingContext> {

  private static final String FUNCTIONS = "/functions/";
  private static final List<HttpMethod> READ = List.of(HttpMethod.GET, HttpMethod.HEAD);
  private static final List<HttpMethod> FUNCTION =
      List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);
  private static final List<HttpMethod> INVOCATIONS = List.of(HttpMethod.POST);
  private static final List<HttpMethod> LOGS = List.of(HttpMethod.GET);

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    Optional<List<HttpMethod>> allowed = of(request.path());
    if (allowed.isEmpty() || allowed.get().contains(request.method())) {
      context.next();
      return;
    }
    String names = allowed.get().stream().map(HttpMethod::name).collect(Collectors.joining(", "));
    request.response().putHeader(HttpHeaders.ALLOW, names);
    if (request.method().equals(HttpMethod.OPTIONS)) {
      request.response().setStatusCode(204).end();
      return;
    }
    ProblemDocuments.send(
        request.response(),
        RequestIds.next(),
        ProblemException.of(
            ProblemCode.METHOD_NOT_ALLOWED, "This path has no such method", "Use " + names + "."));
  }

  /** Returns the methods of {@code path}; empty if it is none of Kiln's own interface. */
  private static Optional<List<HttpMethod>> of(String path) {
    return switch (path) {
      case "/functions", FUNCTIONS, "/runtimes", "/pool" -> Optional.of(READ);
      default -> path.startsWith(FUNCTIONS) ? ofFunction(path) : Optional.empty();
    };
  }

  private static Optional<List<HttpMethod>> ofFunction(String path) {
    int end = path.indexOf('/', FUNCTIONS.length());
    return switch (end < 0 ? "" : path.substring(end)) {
      case "", "/" -> Optional.of(FUNCTION);
      case "/invocations" -> Optional.of(INVOCATIONS);
      case "/logs" -> Optional.of(LOGS);
      default -> Optional.empty();
    };
  }
}
