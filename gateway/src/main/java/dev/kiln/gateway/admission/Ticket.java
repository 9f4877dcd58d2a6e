package dev.kiln.gateway.admission;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One invocation's way through {@link Admission}: it waits at most once, then runs, then is over.
 * Its state is guarded by the owner's lock.
 */
public final class Ticket implements Permit {

  enum State {
    WAITING,
    RUNNING,
    OVER
  }

  final Gate gate;
  final long bytes;
  State state = State.WAITING;
  private final Admission owner;
  private final EventExecutor loop;
  private final CompletableFuture<Permit> admitted = new CompletableFuture<>();
  private @Nullable Future<?> timer;

  Ticket(Admission owner, Gate gate, long bytes, EventExecutor loop) {
    this.owner = owner;
    this.gate = gate;
    this.bytes = bytes;
    this.loop = loop;
  }

  /** Completes on the caller's event loop with the permit, or with a {@link RefusedException}. */
  public CompletionStage<Permit> admitted() {
    return admitted;
  }

  /** Gives the place back, in the queue or among those that run. */
  @Override
  public void close() {
    owner.leave(this);
    stopTimer();
  }

  void startTimer(Duration time) {
    timer = loop.schedule(() -> owner.expire(this), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Completes at once: the caller is on its loop and has not seen the ticket yet. */
  void grantNow() {
    admitted.complete(this);
  }

  void grant() {
    loop.execute(
        () -> {
          stopTimer();
          admitted.complete(this);
        });
  }

  void refuse(Refusal refusal) {
    admitted.completeExceptionally(new RefusedException(refusal));
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
