package dev.kiln.gateway.url;

import dev.kiln.gateway.function.FunctionReference;
import io.netty.buffer.ByteBuf;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Instant;
import java.util.Optional;

/**
 * A request to a function's URL, as event mappings need it.
 *
 * @param requestId the call's id
 * @param reference the function
 * @param method the request's method
 * @param path what follows the function's name, as it was sent, starting with a slash
 * @param query the query as it was sent, without the question mark
 * @param protocol such as {@code HTTP/1.1}
 * @param host the host that the client asked for
 * @param sourceAddress the client's address
 * @param headers the request's headers
 * @param body the request's body
 * @param time when it came
 */
record UrlRequest(
    String requestId,
    FunctionReference reference,
    String method,
    String path,
    String query,
    String protocol,
    String host,
    String sourceAddress,
    MultiMap headers,
    ByteBuf body,
    Instant time) {

  private static final String UNKNOWN_ADDRESS = "0.0.0.0";

  static UrlRequest of(
      HttpServerRequest request,
      String requestId,
      FunctionReference reference,
      String path,
      ByteBuf body) {
    return new UrlRequest(
        requestId,
        reference,
        request.method().name(),
        path,
        Optional.ofNullable(request.query()).orElse(""),
        protocol(request.version()),
        request.authority() == null ? "" : request.authority().toString(),
        request.remoteAddress() == null ? UNKNOWN_ADDRESS : request.remoteAddress().hostAddress(),
        request.headers(),
        body,
        Instant.now());
  }

  /** Returns the host without its port: what API Gateway calls the domain. */
  String domain() {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }

  String userAgent() {
    return Optional.ofNullable(headers.get(HttpHeaders.USER_AGENT)).orElse("");
  }

  private static String protocol(HttpVersion version) {
    return version == HttpVersion.HTTP_1_0 ? "HTTP/1.0" : "HTTP/1.1";
  }
}
