package dev.kiln.contract.framed;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of payloads that are not whole yet a node holds at once, over all conversations. A
 * sandbox may announce as much as an answer may have, send all but the last byte and rest until its
 * deadline; many of them together must not take the memory that others' answers need. What each may
 * hold for small messages is not counted. Thread-safe.
 */
public final class PayloadBudget {

  private final long limit;
  private final AtomicLong held = new AtomicLong();

  /** Creates it with nothing held. */
  public PayloadBudget(long limit) {
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
