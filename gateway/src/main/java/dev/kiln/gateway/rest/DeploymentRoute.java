package dev.kiln.gateway.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.gateway.deploy.ConfigurationChange;
import dev.kiln.gateway.deploy.ConfigurationReader;
import dev.kiln.gateway.deploy.Deployment;
import dev.kiln.gateway.deploy.DeploymentQueue;
import dev.kiln.gateway.deploy.Deployments;
import dev.kiln.gateway.function.FunctionId;
import dev.kiln.gateway.http.InvocationHeaders;
import dev.kiln.gateway.http.PathSegments;
import dev.kiln.gateway.http.ProblemDocuments;
import dev.kiln.gateway.http.RequestBodies;
import dev.kiln.gateway.invoke.RequestIds;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.gateway.problem.Violation;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * {@code PUT} and {@code PATCH /functions/{name}}: receive → check → store → compile → activate.
 * What a query says is checked before the body is read, and the body is on disk before a deployment
 * takes its turn.
 */
public final class DeploymentRoute implements Handler<RoutingContext> {

  private static final Logger LOG = Logger.getLogger(DeploymentRoute.class);
  private static final String PREFIX = "/functions/";
  private static final String IMAGE = "image";

  private final Vertx vertx;
  private final UploadReader uploads;
  private final ConfigurationReader configurations;
  private final Deployments deployments;
  private final DeploymentQueue queue;
  private final FunctionDocuments documents;
  private final Duration uploadTimeout;

  /** Creates it; a body has to be here within {@code uploadTimeout}. */
  public DeploymentRoute(
      Vertx vertx,
      UploadReader uploads,
      ConfigurationReader configurations,
      Deployments deployments,
      DeploymentQueue queue,
      FunctionDocuments documents,
      Duration uploadTimeout) {
    this.vertx = vertx;
    this.uploads = uploads;
    this.configurations = configurations;
    this.deployments = deployments;
    this.queue = queue;
    this.documents = documents;
    this.uploadTimeout = uploadTimeout;
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    boolean whole = request.method().equals(HttpMethod.PUT);
    if (!whole && !request.method().equals(HttpMethod.PATCH)
        || request.path().indexOf('/', PREFIX.length()) >= 0) {
      context.next();
      return;
    }
    String requestId = RequestIds.next();
    request.pause();
    try {
      deploy(request, requestId, whole, queue.enter());
    } catch (ProblemException e) {
      refuse(request, requestId, e);
    }
  }

  private void deploy(
      HttpServerRequest request, String requestId, boolean whole, DeploymentQueue.Place place) {
    Future<Upload> reading = read(request, whole);
    reading
        .timeout(uploadTimeout.toMillis(), TimeUnit.MILLISECONDS)
        .compose(upload -> deploy(request, upload, whole, place))
        .onComplete(ended -> place.close())
        .onSuccess(deployment -> answer(request.response(), requestId, deployment))
        .onFailure(
            failure -> {
              // Where the two cross: an archive that came after it was given up.
              reading.onSuccess(upload -> upload.archive().ifPresent(DeploymentRoute::remove));
              refuse(request, requestId, failure);
            });
  }

  private Future<Upload> read(HttpServerRequest request, boolean whole) {
    try {
      id(request);
      Map<String, JsonNode> query = UploadReader.query(request);
      if (!query.isEmpty() && !isForm(request)) {
        check(query, whole);
      }
      return uploads.read(request, query);
    } catch (RuntimeException e) { // a mistake of Kiln's too, or the place would stay taken
      return Future.failedFuture(e);
    }
  }

  private Future<Deployment> deploy(
      HttpServerRequest request, Upload upload, boolean whole, DeploymentQueue.Place place) {
    FunctionId id = id(request);
    return Future.fromCompletionStage(
            place.run(
                () -> {
                  ConfigurationChange change = check(upload.parameters(), whole);
                  return whole
                      ? deployments.put(
                          id, change, upload.archive().orElseThrow(DeploymentRoute::noCode))
                      : deployments.patch(id, change, upload.archive());
                }),
            vertx.getOrCreateContext())
        .onComplete(done -> upload.archive().ifPresent(DeploymentRoute::remove));
  }

  private ConfigurationChange check(Map<String, JsonNode> parameters, boolean whole) {
    if (parameters.containsKey(IMAGE)) {
      throw ProblemException.ofViolations(
          List.of(new Violation(IMAGE, "Functions from images are not there yet: send a zip")));
    }
    return whole ? configurations.readWhole(parameters) : configurations.readPart(parameters);
  }

  private static ProblemException noCode() {
    return ProblemException.ofViolations(List.of(new Violation("code", "is required: send a zip")));
  }

  private void answer(HttpServerResponse response, String requestId, Deployment deployment) {
    response.setStatusCode(deployment.created() ? 201 : 200);
    response.putHeader(InvocationHeaders.REQUEST_ID, requestId);
    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    response.putHeader(HttpHeaders.LOCATION, PREFIX + deployment.function().id().name());
    response.end(documents.of(deployment).toString());
  }

  private static void refuse(HttpServerRequest request, String requestId, Throwable failure) {
    if (failure instanceof TimeoutException) {
      request
          .connection()
          .close(); // which fails the upload that is under way, and removes its file
      return;
    }
    if (!request.isEnded()) {
      RequestBodies.discard(request);
    }
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof ProblemException problem) {
      ProblemDocuments.send(request.response(), requestId, problem);
      return;
    }
    if (!request.response().closed()) {
      LOG.errorf(cause, "Deployment %s failed", requestId);
    }
    ProblemDocuments.send(
        request.response(),
        requestId,
        ProblemException.of(ProblemCode.INTERNAL, "Kiln failed while it deployed the function"));
  }

  private static boolean isForm(HttpServerRequest request) {
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    return type != null && (type.startsWith("multipart/") || type.contains("json"));
  }

  private static FunctionId id(HttpServerRequest request) {
    return PathSegments.function(request.path().substring(PREFIX.length()));
  }

  static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warnf(e, "Upload %s could not be removed; the next start removes it", file.getFileName());
    }
  }
}
