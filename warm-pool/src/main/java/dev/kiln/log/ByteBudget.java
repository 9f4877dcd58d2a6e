package dev.kiln.log;

/** A token bucket of bytes: what a sandbox may still print. Its owner's lock guards it. */
final class ByteBudget {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final long bytesPerSecond;
  private final long burstBytes;
  private final long nanosToFill;
  private long available;
  private long refilledAt;

  ByteBudget(LogLimits limits, long now) {
    bytesPerSecond = limits.bytesPerSecond();
    burstBytes = limits.burstBytes();
    nanosToFill = (long) ((double) burstBytes / bytesPerSecond * NANOS_PER_SECOND);
    available = burstBytes;
    refilledAt = now;
  }

  /** Adds what the time since the last refill allows; {@code now} is of {@link System#nanoTime}. */
  void refill(long now) {
    long elapsed = Math.min(now - refilledAt, nanosToFill);
    long earned = (long) ((double) elapsed * bytesPerSecond / NANOS_PER_SECOND);
    if (earned > 0) {
      available = Math.min(burstBytes, available + earned);
      refilledAt = now;
    }
  }

  /** Takes {@code bytes} if there are as many. */
  boolean take(long bytes) {
    if (bytes > available) {
      return false;
    }
    available -= bytes;
    return true;
  }
}
