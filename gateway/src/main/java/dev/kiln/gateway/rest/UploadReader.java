package dev.kiln.gateway.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kiln.gateway.http.RequestBodies;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.gateway.problem.Violation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads a deployment's request: the query, and a body that is a zip, a multipart form of {@code
 * config} and {@code code}, or the JSON configuration alone. Archives go to disk as they come.
 */
public final class UploadReader {

  private static final int MAX_CONFIG_BYTES = 65_536;
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final FileSink files;
  private final Path directory;
  private final long maxBytes;

  /** Creates it; archives of at most {@code maxBytes} go to {@code directory}. */
  public UploadReader(Vertx vertx, Path directory, long maxBytes) {
    this.files = new FileSink(vertx, maxBytes);
    this.directory = directory;
    this.maxBytes = maxBytes;
  }

  /** Returns the parameters of the query alone. */
  static Map<String, JsonNode> query(HttpServerRequest request) {
    Map<String, JsonNode> parameters = new HashMap<>();
    List<Violation> violations = new ArrayList<>();
    request
        .params()
        .forEach(
            (name, value) -> {
              if (parameters.put(name, TextNode.valueOf(value)) != null) {
                violations.add(new Violation(name, "is given more than once"));
              }
            });
    refuseIfAny(violations);
    return parameters;
  }

  Future<Upload> read(HttpServerRequest request, Map<String, JsonNode> query) {
    String type = mediaType(request);
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length != null && Long.parseLong(length) > maxBytes + MAX_CONFIG_BYTES) {
      return Future.failedFuture(files.tooLarge());
    }
    RequestBodies.sendContinue(request);
    return switch (type) {
      case "application/zip", "application/x-zip-compressed", "application/octet-stream" ->
          files.write(request, newFile()).map(file -> new Upload(query, Optional.of(file)));
      case "multipart/form-data" -> readForm(request, query);
      case "application/json", "application/merge-patch+json" ->
          readText(request).map(text -> new Upload(merge(query, text), Optional.empty()));
      case "" -> readText(request).map(text -> withoutBody(query, text));
      default ->
          Future.failedFuture(
              ProblemException.of(
                  ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                  "A deployment's body is not of type " + type));
    };
  }

  private static Upload withoutBody(Map<String, JsonNode> query, String text) {
    if (!text.isEmpty()) {
      throw ProblemException.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "The body has no Content-Type");
    }
    return new Upload(query, Optional.empty());
  }

  private Future<Upload> readForm(HttpServerRequest request, Map<String, JsonNode> query) {
    return new FormReader(request, files, this::newFile)
        .read()
        .map(
            form -> {
              try {
                return new Upload(
                    form.configuration().map(text -> merge(query, text)).orElse(query),
                    form.archive());
              } catch (ProblemException e) {
                form.archive().ifPresent(DeploymentRoute::remove);
                throw e;
              }
            });
  }

  static Future<String> readText(ReadStream<Buffer> source) {
    Promise<String> done = Promise.promise();
    Buffer text = Buffer.buffer();
    source.exceptionHandler(done::tryFail);
    source.handler(
        chunk -> {
          if (text.length() + chunk.length() > MAX_CONFIG_BYTES) {
            done.tryFail(
                ProblemException.of(
                    ProblemCode.BODY_TOO_LARGE,
                    "A configuration has at most " + MAX_CONFIG_BYTES + " bytes"));
          } else {
            text.appendBuffer(chunk);
          }
        });
    source.endHandler(end -> done.tryComplete(text.toString()));
    source.resume();
    return done.future();
  }

  private static Map<String, JsonNode> merge(Map<String, JsonNode> query, String text) {
    JsonNode configuration;
    try {
      configuration = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw ProblemException.ofViolations(
          List.of(new Violation("config", "is not JSON: " + e.getOriginalMessage())));
    }
    if (!configuration.isObject()) {
      throw ProblemException.ofViolations(
          List.of(new Violation("config", "must be a JSON object")));
    }
    Map<String, JsonNode> merged = new HashMap<>(query);
    List<Violation> violations = new ArrayList<>();
    configuration
        .properties()
        .forEach(
            field -> {
              if (merged.put(field.getKey(), field.getValue()) != null) {
                violations.add(
                    new Violation(
                        field.getKey(), "is given in the query and in the configuration"));
              }
            });
    refuseIfAny(violations);
    return merged;
  }

  private static void refuseIfAny(List<Violation> violations) {
    if (!violations.isEmpty()) {
      throw ProblemException.ofViolations(violations);
    }
  }

  private static String mediaType(HttpServerRequest request) {
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    if (type == null) {
      return "";
    }
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).trim().toLowerCase(Locale.ROOT);
  }

  private Path newFile() {
    return directory.resolve(UUID.randomUUID().toString());
  }
}
