package dev.kiln.gateway.rest;

import dev.kiln.gateway.http.ProblemDocuments;
import dev.kiln.gateway.invoke.RequestIds;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Answers what a resource throws with a problem document. */
public final class ProblemMapper {

  private static final Logger LOG = Logger.getLogger(ProblemMapper.class);

  ProblemMapper() {}

  /** A problem is what it is. */
  @ServerExceptionMapper
  public Response problem(ProblemException problem) {
    return respond(RequestIds.next(), problem);
  }

  /** What JAX-RS answers itself (no such path, method, type) becomes a problem of that status. */
  @ServerExceptionMapper
  public Response refused(WebApplicationException refusal) {
    int status = refusal.getResponse().getStatus();
    ProblemCode code =
        switch (status) {
          case 404 -> ProblemCode.NO_SUCH_RESOURCE;
          case 405 -> ProblemCode.METHOD_NOT_ALLOWED;
          case 406, 415 -> ProblemCode.UNSUPPORTED_MEDIA_TYPE;
          default -> status < 500 ? ProblemCode.INVALID_REQUEST : ProblemCode.INTERNAL;
        };
    return respond(RequestIds.next(), ProblemException.of(code, code.title()));
  }

  /** Anything else is Kiln's own failure: its cause goes into the log, never to the caller. */
  @ServerExceptionMapper
  public Response failed(RuntimeException failure) {
    String requestId = RequestIds.next();
    LOG.errorf(failure, "Request %s failed", requestId);
    return respond(
        requestId,
        ProblemException.of(ProblemCode.INTERNAL, "Kiln failed while it handled the request"));
  }

  private static Response respond(String requestId, ProblemException problem) {
    Response.ResponseBuilder response =
        Response.status(problem.code().status())
            .type(ProblemDocuments.MEDIA_TYPE)
            .header("Kiln-Request-Id", requestId)
            .entity(ProblemDocuments.json(requestId, problem));
    ProblemDocuments.headers(problem).forEach(response::header);
    return response.build();
  }
}
