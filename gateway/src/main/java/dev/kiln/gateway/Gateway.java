package dev.kiln.gateway;

import dev.kiln.gateway.deploy.DeploymentQueue;
import dev.kiln.gateway.deploy.Deployments;
import dev.kiln.gateway.function.FunctionService;
import dev.kiln.gateway.function.FunctionStore;
import dev.kiln.gateway.function.StoreUnavailableException;
import dev.kiln.gateway.http.RequestCheck;
import dev.kiln.gateway.observe.InvocationMetrics;
import dev.kiln.gateway.observe.ReadyCheck;
import dev.kiln.gateway.rest.NativeRoutes;
import dev.kiln.gateway.url.FunctionUrlRoute;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.HttpServer;
import io.quarkus.vertx.http.HttpServerStart;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Starts the gateway's parts in order, and stops them in the reverse one. The engine runs once its
 * pool was made, before this; HTTP listens after this, and readiness comes after a rehearsal. When
 * the launcher is gone nothing works any more, and the process ends: who started Kiln starts it
 * again.
 *
 * <p>Stopping: readiness goes down and endless streams end; new requests are refused and those
 * under way may end ({@code quarkus.shutdown.timeout}); then sandboxes, then the store.
 */
@Singleton
final class Gateway {

  private static final Logger LOG = Logger.getLogger(Gateway.class);
  private static final Duration STORE_PAUSE = Duration.ofMillis(100);
  private static final int LAUNCHER_GONE = 3;

  private final KilnConfig config;
  private final Sandboxes sandboxes;
  private final FunctionStore store;
  private final FunctionService functions;
  private final Deployments deployments;
  private final DeploymentQueue queue;
  private final NativeRoutes routes;
  private final AtomicBoolean stopping = new AtomicBoolean();

  Gateway(
      KilnConfig config,
      Sandboxes sandboxes,
      FunctionStore store,
      FunctionService functions,
      Deployments deployments,
      DeploymentQueue queue,
      NativeRoutes routes) {
    this.config = config;
    this.sandboxes = sandboxes;
    this.store = store;
    this.functions = functions;
    this.deployments = deployments;
    this.queue = queue;
    this.routes = routes;
  }

  void start(
      @Observes StartupEvent event,
      Router router,
      RequestCheck check,
      FunctionUrlRoute urls,
      Meters meters) {
    loadFunctions();
    deployments.collectGarbage();
    meters.register();
    check.addTo(router);
    routes.addTo(router);
    urls.addTo(router);
    sandboxes.gone().thenRun(this::endWithoutLauncher);
    LOG.infof("Kiln serves %d functions with %d slots", functions.list().size(), sandboxes.slots());
  }

  /** Waits for the store, which is started at the same time as this process. */
  private void loadFunctions() {
    long deadline = System.nanoTime() + config.redis().startTimeout().toNanos();
    while (true) {
      try {
        functions.start();
        return;
      } catch (StoreUnavailableException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(STORE_PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while starting", e);
    }
  }

  private void endWithoutLauncher() {
    if (!stopping.get()) {
      LOG.error("The launcher is gone: Kiln ends");
      Quarkus.asyncExit(LAUNCHER_GONE);
    }
  }

  /** HTTP listens: what is left to do before others call takes a thread of its own. */
  void prepare(
      @ObservesAsync HttpServerStart event,
      HttpServer server,
      Rehearsal rehearsal,
      InvocationMetrics metrics,
      @Readiness ReadyCheck readiness) {
    rehearsal.run(server.getPort());
    metrics.begin();
    readiness.prepared();
    deployments.compileMissing();
  }

  void prepareToStop(@Observes ShutdownDelayInitiatedEvent event, RequestCheck check) {
    check.stop();
    routes.endStreams();
  }

  void stop(@Observes ShutdownEvent event) throws Exception {
    stopping.set(true);
    queue.close();
    sandboxes.close();
    store.close();
  }
}
