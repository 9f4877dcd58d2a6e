package dev.kiln.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.gateway.problem.FunctionError;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.gateway.problem.Violation;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;

/** Problems as documents of RFC 9457, with Kiln's members beside the standard ones. */
public final class ProblemDocuments {

  /** The documents' media type. */
  public static final String MEDIA_TYPE = "application/problem+json";

  private static final String TYPE_PREFIX = "urn:kiln:problem:";
  private static final String RETRY_AFTER_SECONDS = "1";
  private static final JsonMapper MAPPER = new JsonMapper();

  private ProblemDocuments() {}

  /** Ends {@code response} with {@code problem}, unless its caller is gone. */
  public static void send(HttpServerResponse response, String requestId, ProblemException problem) {
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      response.reset(); // all that is left to tell that the answer is not whole
      return;
    }
    response.setStatusCode(problem.code().status());
    response.putHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE);
    response.putHeader(InvocationHeaders.REQUEST_ID, requestId);
    headers(problem).forEach(response::putHeader);
    response.end(json(requestId, problem));
  }

  /**
   * Returns the problem of a request that failed because of a mistake of Kiln's, of which nothing
   * is told.
   */
  public static ProblemException internal() {
    return ProblemException.of(ProblemCode.INTERNAL, "Kiln failed while it handled the request");
  }

  /** Returns the headers that {@code problem} asks for beside the document. */
  public static Map<String, String> headers(ProblemException problem) {
    return switch (problem.code()) {
      case OVER_CAPACITY,
          DEPLOYMENTS_BUSY,
          SUPERSEDED,
          STORE_UNAVAILABLE,
          ENGINE_FAILED,
          STOPPING ->
          Map.of("Retry-After", RETRY_AFTER_SECONDS);
      default -> Map.of();
    };
  }

  /** Returns the document. */
  public static String json(String requestId, ProblemException problem) {
    ProblemCode code = problem.code();
    ObjectNode document = MAPPER.createObjectNode();
    document.put("type", TYPE_PREFIX + code.label());
    document.put("title", code.title());
    document.put("status", code.status());
    document.put("detail", problem.getMessage());
    document.put("code", code.label());
    document.put("class", code.problemClass().label());
    document.put("remedy", problem.remedy());
    document.put("requestId", requestId);
    problem.reason().ifPresent(reason -> document.put("reason", reason));
    problem.functionError().ifPresent(error -> document.set("functionError", json(error)));
    if (!problem.violations().isEmpty()) {
      ArrayNode violations = document.putArray("violations");
      for (Violation violation : problem.violations()) {
        violations
            .addObject()
            .put("parameter", violation.parameter())
            .put("message", violation.message());
      }
    }
    return write(document);
  }

  private static ObjectNode json(FunctionError error) {
    ObjectNode document = MAPPER.createObjectNode();
    document.put("errorType", error.errorType());
    document.put("errorMessage", error.errorMessage());
    ArrayNode frames = document.putArray("stackTrace");
    error.stackTrace().forEach(frames::add);
    return document;
  }

  private static String write(ObjectNode document) {
    try {
      return MAPPER.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of strings and numbers can always be written", e);
    }
  }
}
