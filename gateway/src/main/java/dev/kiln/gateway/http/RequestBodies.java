package dev.kiln.gateway.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** What every reader of a request's body has to do at its start or when it refuses. */
public final class RequestBodies {

  /** A refused body is read and dropped up to here, so that its sender gets to see the answer. */
  private static final long DISCARDED_BYTES = 64L << 20;

  private RequestBodies() {}

  /** Tells a client that asked first, as {@code curl} does with large bodies, to send its body. */
  public static void sendContinue(HttpServerRequest request) {
    if (request.headers().contains(HttpHeaders.EXPECT)) {
      request.response().writeContinue();
    }
  }

  /** Reads what comes and drops it; closes the connection of a client that never stops. */
  public static void discard(HttpServerRequest request) {
    long[] dropped = {0};
    request.handler(
        chunk -> {
          dropped[0] += chunk.length();
          if (dropped[0] > DISCARDED_BYTES) {
            request.connection().close();
          }
        });
    request.endHandler(end -> {});
    request.exceptionHandler(failure -> {});
    request.resume();
  }
}
