package dev.kiln.gateway;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a gateway in a test's process needs: a Redis and a state directory, both its own. */
public final class GatewayResources implements QuarkusTestResourceLifecycleManager {

  /** How many connections a gateway takes at once. */
  static final int CONNECTIONS = 200;

  private static @Nullable RedisServer redis;

  static RedisServer redis() {
    if (redis == null) {
      throw new IllegalStateException("Redis is not started");
    }
    return redis;
  }

  @Override
  public Map<String, String> start() {
    redis = new RedisServer();
    // Each request has a connection of its own, which else stays until its client is collected.
    RestAssured.filters(
        (request, response, chain) -> {
          request.header("Connection", "close");
          return chain.next(request, response);
        });
    try {
      Path state = Files.createTempDirectory("kiln-state");
      return Map.ofEntries(
          Map.entry("kiln.redis.url", redis.url()),
          Map.entry("kiln.rehearsal-calls", "0"),
          Map.entry("kiln.state", state.toString()),
          Map.entry("kiln.deployment.max-upload-bytes", "4000000"),
          Map.entry("kiln.deployment.at-once", "2"),
          Map.entry("kiln.deployment.waiting", "4"),
          Map.entry("kiln.deployment.versions-kept", "3"),
          Map.entry("kiln.deployment.grace", "5s"),
          Map.entry("kiln.invocation.max-event-bytes", "1000000"),
          Map.entry("kiln.invocation.receive-timeout", "3s"),
          Map.entry("kiln.invocation.send-timeout", "3s"),
          Map.entry("kiln.invocation.max-held-bytes", "20000000"),
          Map.entry("kiln.log.readers", "2"),
          Map.entry("kiln.admission.waiting-per-function", "2"),
          Map.entry("kiln.admission.waiting-time", "5s"),
          Map.entry("quarkus.http.limits.max-connections", String.valueOf(CONNECTIONS)),
          Map.entry("quarkus.http.test-port", "0"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void stop() {
    redis().close();
  }
}
