package dev.kiln.load.run;

import dev.kiln.load.arrival.Arrivals;
import java.util.function.IntFunction;

/** Calls by schedule: each is submitted when it is due, whatever became of those before it. */
final class OpenLoop extends Pattern {

  private final GeneratorLoop loop;
  private final Arrivals arrivals;
  private final Limit limit;
  private long startNanos;
  private long nextOffsetNanos;

  OpenLoop(
      GeneratorLoop loop,
      ConnectionPool pool,
      Arrivals arrivals,
      Limit limit,
      IntFunction<Request> requests,
      Observer observer) {
    super(pool, requests, observer);
    this.loop = loop;
    this.arrivals = arrivals;
    this.limit = limit;
  }

  @Override
  void start() {
    startNanos = System.nanoTime();
    nextOffsetNanos = arrivals.nextNanos();
    awaitNext();
  }

  @Override
  void onEnd() {
    // What became of a call has no influence on the next.
  }

  private void submitDue() {
    while (!limitReached() && System.nanoTime() - startNanos >= nextOffsetNanos) {
      submit(startNanos + nextOffsetNanos);
      nextOffsetNanos = arrivals.nextNanos();
    }
    awaitNext();
  }

  private void awaitNext() {
    if (limitReached()) {
      exhaust();
    } else {
      loop.at(startNanos + nextOffsetNanos, this::submitDue);
    }
  }

  private boolean limitReached() {
    return submitted() >= limit.calls() || nextOffsetNanos > limit.duration().toNanos();
  }
}
