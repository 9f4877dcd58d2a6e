package dev.kiln.load.scenario;

import dev.kiln.load.run.Exchange;
import dev.kiln.load.run.Failure;
import dev.kiln.load.run.Observer;

/**
 * Keeps each call's latency by its number, beside what the log keeps: whether calls become quicker
 * or slower as a scenario goes on is not seen in percentiles.
 *
 * @param log hears of every call, too
 * @param micros where latencies are kept; a call that failed leaves its place as it was
 * @param first place of the run's first call
 */
record Curve(CallLog log, double[] micros, int first) implements Observer {

  @Override
  public void answered(Exchange exchange) {
    micros[first + exchange.index()] = exchange.latencyNanos() / 1e3;
    log.answered(exchange);
  }

  @Override
  public void failed(int index, long dueNanos, Failure failure) {
    log.failed(index, dueNanos, failure);
  }
}
