package dev.kiln.load.run;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;

/**
 * How calls follow one another in a run: the base of the open and the closed loop. It counts the
 * calls that are still to end and completes with their number when the last one has. Belongs to the
 * event loop.
 */
abstract class Pattern implements Observer {

  private final ConnectionPool pool;
  private final IntFunction<Request> requests;
  private final Observer observer;
  private final CompletableFuture<Integer> finished = new CompletableFuture<>();
  private int submitted;
  private int ended;
  private boolean exhausted;

  Pattern(ConnectionPool pool, IntFunction<Request> requests, Observer observer) {
    this.pool = pool;
    this.requests = requests;
    this.observer = observer;
  }

  /** Starts the run; on the event loop. */
  abstract void start();

  /** One call has ended. */
  abstract void onEnd();

  CompletionStage<Integer> finished() {
    return finished;
  }

  int submitted() {
    return submitted;
  }

  void submit(long dueNanos) {
    int index = submitted++;
    pool.submit(new Call(index, requests.apply(index), dueNanos));
  }

  /** No further call will be submitted. */
  void exhaust() {
    exhausted = true;
    finishIfIdle();
  }

  @Override
  public final void answered(Exchange exchange) {
    try {
      observer.answered(exchange);
    } catch (RuntimeException e) {
      finished.completeExceptionally(e);
    }
    endOne();
  }

  @Override
  public final void failed(int index, long dueNanos, Failure failure) {
    observer.failed(index, dueNanos, failure);
    endOne();
  }

  private void endOne() {
    ended++;
    onEnd();
    finishIfIdle();
  }

  private void finishIfIdle() {
    if (exhausted && ended == submitted) {
      finished.complete(ended);
    }
  }
}
