package dev.kiln.load.run;

import dev.kiln.load.arrival.Arrivals;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;

/** Open connections to one server, over which runs go one after another. Not thread-safe. */
public final class Client implements AutoCloseable {

  private final GeneratorLoop loop;
  private final ConnectionPool pool;

  private Client(GeneratorLoop loop, ConnectionPool pool) {
    this.loop = loop;
    this.pool = pool;
  }

  /**
   * Opens {@code connections} connections.
   *
   * @param timeout how long a call may wait for a connection, and how long it may wait for its
   *     answer
   */
  public static Client connect(
      GeneratorLoop loop, Target target, int connections, Duration timeout) {
    ConnectionPool pool = new ConnectionPool(loop, target, timeout);
    try {
      pool.open(connections);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
    return new Client(loop, pool);
  }

  /** Sends calls when {@code arrivals} says, and returns when all have ended. */
  public Run openLoop(
      Arrivals arrivals, Limit limit, IntFunction<Request> requests, Observer observer)
      throws InterruptedException {
    return run(new OpenLoop(loop, pool, arrivals, limit, requests, observer));
  }

  /** Sends calls back to back on every connection, and returns when all have ended. */
  public Run closedLoop(Limit limit, IntFunction<Request> requests, Observer observer)
      throws InterruptedException {
    return run(new ClosedLoop(pool, limit, requests, observer));
  }

  private Run run(Pattern pattern) throws InterruptedException {
    CompletableFuture<Run> result = new CompletableFuture<>();
    loop.eventLoop()
        .execute(
            () -> {
              long cpu = loop.cpuNanos();
              long start = System.nanoTime();
              pool.observe(pattern);
              pattern
                  .finished()
                  .whenComplete(
                      (calls, failure) -> {
                        if (failure != null) {
                          result.completeExceptionally(failure);
                        } else {
                          result.complete(
                              new Run(
                                  calls,
                                  Duration.ofNanos(System.nanoTime() - start),
                                  Duration.ofNanos(loop.cpuNanos() - cpu)));
                        }
                      });
              pattern.start();
            });
    return await(result);
  }

  private static Run await(CompletableFuture<Run> result) throws InterruptedException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("run failed", e.getCause());
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
