package dev.kiln.load.run;

/**
 * Hears of each call's end, on the generator's thread: what it does there is part of the
 * generator's cost.
 */
public interface Observer {

  /** A call was answered, with whatever status. */
  void answered(Exchange exchange);

  /** A call has no answer. */
  void failed(int index, long dueNanos, Failure failure);
}
