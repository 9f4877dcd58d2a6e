package dev.kiln.gateway.deploy;

import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Runs deployments, a few at once. Each holds a place from before its archive comes in until it has
 * ended, so that archives on disk and deployments that wait are bounded together; without a free
 * place it is refused.
 */
public final class DeploymentQueue implements AutoCloseable {

  private final AtomicInteger threads = new AtomicInteger();
  private final ExecutorService executor;
  private final Semaphore places;

  /**
   * Creates it for {@code atOnce} deployments that run and {@code waiting} that come in or wait.
   */
  public DeploymentQueue(int atOnce, int waiting) {
    places = new Semaphore(atOnce + waiting);
    executor =
        Executors.newFixedThreadPool(
            atOnce, work -> new Thread(work, "kiln-deployment-" + threads.incrementAndGet()));
  }

  /** A deployment's right to be here. Closing twice is harmless. */
  public final class Place implements AutoCloseable {
    private final AtomicBoolean held = new AtomicBoolean(true);

    private Place() {}

    /** Runs {@code work} in its turn. */
    public <T> CompletionStage<T> run(Supplier<T> work) {
      return CompletableFuture.supplyAsync(work, executor);
    }

    @Override
    public void close() {
      if (held.getAndSet(false)) {
        places.release();
      }
    }
  }

  /** Takes a place; throws a {@link ProblemException} if there is none. */
  public Place enter() {
    if (!places.tryAcquire()) {
      throw ProblemException.of(
          ProblemCode.DEPLOYMENTS_BUSY, "As many deployments are under way as may be");
    }
    return new Place();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
