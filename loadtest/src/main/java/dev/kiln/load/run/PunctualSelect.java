package dev.kiln.load.run;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides, each time the event loop would wait, whether it may sleep. A thread that sleeps until
 * the very moment a call is due wakes tens of microseconds late, and up to a millisecond where the
 * wait is rounded; so it sleeps until shortly before and then polls. Polling still serves the
 * sockets, so that answers which come meanwhile are not delayed. At most one task is awaited at a
 * time.
 */
final class PunctualSelect implements SelectStrategy {

  private long dueNanos;
  private @Nullable Runnable task;

  /** Polls instead of sleeping until {@code nanos}, then runs {@code due}; on the event loop. */
  void pollUntil(long nanos, Runnable due) {
    if (task != null) {
      throw new IllegalStateException("a task is being awaited already");
    }
    dueNanos = nanos;
    task = due;
  }

  @Override
  public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
    Runnable awaited = task;
    if (awaited == null) {
      return hasTasks ? selectNow.get() : SELECT;
    }
    if (System.nanoTime() - dueNanos >= 0) {
      task = null;
      awaited.run();
    }
    return selectNow.get();
  }
}
