package dev.kiln.gateway.deploy;

import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Runs deployments, a few at once, and lets some more wait; the rest is refused. */
public final class DeploymentQueue implements AutoCloseable {

  private final AtomicInteger threads = new AtomicInteger();
  private final ThreadPoolExecutor executor;

  /** Creates it for {@code atOnce} deployments that run and {@code waiting} that wait. */
  public DeploymentQueue(int atOnce, int waiting) {
    executor =
        new ThreadPoolExecutor(
            atOnce,
            atOnce,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting),
            work -> new Thread(work, "kiln-deployment-" + threads.incrementAndGet()));
  }

  /** Runs {@code work} in its turn; fails with a {@link ProblemException} where too many wait. */
  public <T> CompletionStage<T> submit(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, executor);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          ProblemException.of(
              ProblemCode.DEPLOYMENTS_BUSY,
              executor.getQueue().size() + " deployments wait for their turn"));
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
