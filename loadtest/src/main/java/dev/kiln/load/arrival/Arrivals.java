package dev.kiln.load.arrival;

/**
 * The moments at which calls are due, as nanoseconds since the start of a run, never decreasing and
 * without end. Not thread-safe; each run has its own.
 */
public interface Arrivals {

  /** Returns when the next call is due, in nanoseconds since the start. */
  long nextNanos();
}
