package dev.kiln.load.run;

import java.util.function.IntFunction;

/**
 * Calls back to back: each connection sends its next call when the last one has ended. A call is
 * due when it is sent, so a stall counts once: this measures what a server can do, not what a
 * caller would wait.
 */
final class ClosedLoop extends Pattern {

  private final ConnectionPool pool;
  private final Limit limit;
  private long endNanos;

  ClosedLoop(ConnectionPool pool, Limit limit, IntFunction<Request> requests, Observer observer) {
    super(pool, requests, observer);
    this.pool = pool;
    this.limit = limit;
  }

  @Override
  void start() {
    long now = System.nanoTime();
    endNanos = now + limit.duration().toNanos();
    int first = Math.min(pool.size(), limit.calls());
    for (int i = 0; i < first; i++) {
      submit(System.nanoTime());
    }
  }

  @Override
  void onEnd() {
    long now = System.nanoTime();
    if (submitted() < limit.calls() && now - endNanos < 0) {
      submit(now);
    } else {
      exhaust();
    }
  }
}
