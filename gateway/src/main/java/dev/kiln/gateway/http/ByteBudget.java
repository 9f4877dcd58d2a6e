package dev.kiln.gateway.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of events and answers this node holds at once, over all connections. Thread-safe.
 */
public final class ByteBudget {

  private final long limit;
  private final AtomicLong held = new AtomicLong();

  /** Creates it with nothing held. */
  public ByteBudget(long limit) {
    this.limit = limit;
  }

  /** Takes {@code bytes} if there is room for them. */
  boolean take(long bytes) {
    if (held.addAndGet(bytes) <= limit) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  /** Gives {@code bytes} back. */
  void give(long bytes) {
    held.addAndGet(-bytes);
  }

  /** Returns how many bytes are held. */
  public long held() {
    return held.get();
  }
}
