package dev.kiln.gateway.invoke;

import dev.kiln.contract.Answer;
import dev.kiln.contract.Deadline;
import dev.kiln.contract.StartType;
import dev.kiln.gateway.admission.Permit;
import dev.kiln.gateway.admission.Ticket;
import dev.kiln.gateway.function.FunctionReference;
import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.pool.Lease;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way through {@link InvocationPath}: what the caller sent, what each step found,
 * how long each took. Belongs to one event loop; only {@link #abandon} and {@link #supersede} may
 * come from elsewhere.
 */
@SuppressWarnings("EnumOrdinal") // the steps' times are an array: nothing is boxed for a call
public final class Call {

  private final String requestId;
  private final FunctionReference reference;
  private final EventLoop loop;
  private final Optional<String> traceId;
  private final long[] micros = new long[Step.values().length];
  private final long startedAt;
  private final CompletableFuture<Answer> outcome = new CompletableFuture<>();
  private long stepStartedAt;
  private int finished;
  private final ByteBuf event;

  @Nullable Ticket ticket;
  @Nullable Permit permit;
  @Nullable LiveVersion version;
  @Nullable Deadline deadline;
  @Nullable Lease lease;

  /**
   * Creates it.
   *
   * @param requestId the id that caller, log and function see
   * @param reference the function
   * @param event the event's JSON, which now belongs to the call
   * @param loop the event loop of the caller's connection
   * @param startedAt when the request's head came, as {@link System#nanoTime} counts
   * @param traceId the caller's trace header
   */
  public Call(
      String requestId,
      FunctionReference reference,
      ByteBuf event,
      EventLoop loop,
      long startedAt,
      Optional<String> traceId) {
    this.requestId = requestId;
    this.reference = reference;
    this.event = event;
    this.loop = loop;
    this.startedAt = startedAt;
    this.stepStartedAt = startedAt;
    this.traceId = traceId;
  }

  /** Returns the id that caller, log and function see. */
  public String requestId() {
    return requestId;
  }

  /** Returns the function as the caller named it. */
  public FunctionReference reference() {
    return reference;
  }

  /** Returns the number of the version that runs, 0 before one was found. */
  public int versionNumber() {
    return version == null ? 0 : version.version().number();
  }

  /** Returns where the sandbox came from, once there is one. */
  public Optional<StartType> startType() {
    return lease == null ? Optional.empty() : Optional.of(lease.startType());
  }

  /** Returns what the lease says of its own phases, in microseconds. */
  public Map<String, Long> leasePhases() {
    return lease == null ? Map.of() : lease.phases();
  }

  /** Returns the microseconds of {@code step}, 0 if the call did not get there. */
  public long micros(Step step) {
    return micros[step.ordinal()];
  }

  /** Returns the microseconds since the request's head came. */
  public long totalMicros() {
    return (System.nanoTime() - startedAt) / 1_000;
  }

  /** Ends the step that is under way: what passed since the one before is its time. */
  void finishStep() {
    if (finished < micros.length) {
      long now = System.nanoTime();
      micros[finished++] = (now - stepStartedAt) / 1_000;
      stepStartedAt = now;
    }
  }

  /**
   * The caller is gone. A call that waits for its turn gives it up; one that runs goes on, so that
   * what a function does is never cut off half-way by an impatient client, and its answer is
   * dropped.
   */
  public void abandon() {
    loop.execute(
        () -> {
          if (permit == null) {
            outcome.completeExceptionally(new CallerGone());
          }
        });
  }

  /**
   * Ends the call with {@code problem} wherever it is; its sandbox, if it has one, is destroyed.
   */
  void supersede(ProblemException problem) {
    loop.execute(() -> outcome.completeExceptionally(problem));
  }

  /** Completes with what came first: the answer, a failure, or an end from outside. */
  CompletionStage<Answer> outcome() {
    return outcome;
  }

  /** Takes the path's result; an answer that comes after the call's end is dropped. */
  void settle(@Nullable Answer answer, @Nullable Throwable failure) {
    if (failure != null) {
      outcome.completeExceptionally(failure);
    } else if (answer != null && !outcome.complete(answer)) {
      answer.body().release();
    }
  }

  boolean isOver() {
    return outcome.isDone();
  }

  EventLoop loop() {
    return loop;
  }

  Optional<String> traceId() {
    return traceId;
  }

  int eventBytes() {
    return event.readableBytes();
  }

  /** Returns the event for whoever sends and releases it; the call keeps it until its end. */
  ByteBuf eventToSend() {
    return event.retainedDuplicate();
  }

  boolean isEventJson() {
    return EventSyntax.isJson(event);
  }

  void releaseEvent() {
    event.release();
  }
}
