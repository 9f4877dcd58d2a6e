package dev.kiln.gateway.observe;

import dev.kiln.gateway.deploy.Runtimes;
import dev.kiln.pool.Pool;
import dev.kiln.pool.PoolSnapshot;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready once the gateway has prepared itself, a stem of every configured runtime has answered and
 * its zygote serves. Redis is no part of it: calls go on without.
 */
@Readiness
@Singleton
public final class ReadyCheck implements HealthCheck {

  private final Runtimes runtimes;
  private final Pool pool;
  private volatile boolean prepared;

  ReadyCheck(Runtimes runtimes, Pool pool) {
    this.runtimes = runtimes;
    this.pool = pool;
  }

  /** The gateway has nothing left to do before it is called. */
  public void prepared() {
    prepared = true;
  }

  @Override
  public HealthCheckResponse call() {
    Set<String> ready =
        pool.snapshot().runtimes().stream()
            .filter(runtime -> runtime.ready() && runtime.zygoteUp())
            .map(PoolSnapshot.Runtime::name)
            .collect(Collectors.toSet());
    HealthCheckResponseBuilder response = HealthCheckResponse.named("runtimes");
    runtimes
        .names()
        .forEach(name -> response.withData(name, ready.contains(name) ? "ready" : "not ready"));
    response.withData("gateway", prepared ? "ready" : "not ready");
    return response.status(prepared && ready.containsAll(runtimes.names())).build();
  }
}
