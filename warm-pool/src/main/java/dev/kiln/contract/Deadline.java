package dev.kiln.contract;

import java.time.Duration;

/**
 * The moment by which an invocation must have answered, on this process's monotonic clock.
 *
 * @param nanoTime the moment, as {@link System#nanoTime()} counts
 * @param timeout the time that was granted, for messages
 */
public record Deadline(long nanoTime, Duration timeout) {

  /** Returns the deadline that lies {@code timeout} from now. */
  public static Deadline in(Duration timeout) {
    return new Deadline(System.nanoTime() + timeout.toNanos(), timeout);
  }

  /** Returns the nanoseconds left, negative once it has passed. */
  public long remainingNanos() {
    return nanoTime - System.nanoTime();
  }

  /** Returns the deadline in epoch milliseconds, as functions are told it. */
  public long epochMillis() {
    return System.currentTimeMillis() + remainingNanos() / 1_000_000;
  }
}
