package dev.kiln.gateway;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a gateway in a test's process needs: a Redis and a state directory, both its own. */
public final class GatewayResources implements QuarkusTestResourceLifecycleManager {

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
    try {
      Path state = Files.createTempDirectory("kiln-state");
      return Map.of(
          "kiln.redis.url", redis.url(),
          "kiln.rehearsal-calls", "0",
          "kiln.state", state.toString(),
          "kiln.deployment.max-upload-bytes", "4000000",
          "kiln.deployment.grace", "5s",
          "kiln.invocation.max-event-bytes", "1000000",
          "kiln.admission.waiting-per-function", "2",
          "kiln.admission.waiting-time", "5s",
          "quarkus.http.test-port", "0");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void stop() {
    redis().close();
  }
}
