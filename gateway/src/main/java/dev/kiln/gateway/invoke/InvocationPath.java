package dev.kiln.gateway.invoke;

import dev.kiln.contract.Answer;
import dev.kiln.contract.Deadline;
import dev.kiln.contract.Invocation;
import dev.kiln.gateway.admission.Admission;
import dev.kiln.gateway.admission.Permit;
import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.pool.Lease;
import dev.kiln.pool.Pool;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A call, from its event to its answer: admit → resolve → lease → send → stream → release. Every
 * step runs on the call's event loop, none blocks, none asks the store, and none looks into the
 * event or the answer.
 *
 * <p>A call ends once, by what comes first: its answer, its failure, or a word from outside ({@link
 * Call#abandon}, a deployment). What it holds is given back right then; a step that completes later
 * finds the call over and gives back what it got.
 */
public final class InvocationPath {

  private final LiveFunctions functions;
  private final Admission admission;
  private final Pool pool;
  private final InvocationListener listener;

  /** Creates it over what this node serves, its limits and its sandboxes. */
  public InvocationPath(
      LiveFunctions functions, Admission admission, Pool pool, InvocationListener listener) {
    this.functions = functions;
    this.admission = admission;
    this.pool = pool;
    this.listener = listener;
  }

  /** Runs {@code call}, whose event has been received, and tells {@code caller} how it ended. */
  public void run(Call call, Caller caller) {
    call.finishStep();
    call.outcome()
        .whenComplete(
            (answer, failure) -> {
              try {
                stream(call, caller, answer, failure);
              } finally {
                release(call);
              }
            });
    try {
      admit(call)
          .thenAccept(permit -> resolve(call, permit))
          .thenCompose(resolved -> lease(call))
          .thenCompose(lease -> send(call, lease))
          .whenComplete(call::settle);
    } catch (RuntimeException e) {
      call.settle(null, e);
    }
  }

  private CompletionStage<Permit> admit(Call call) {
    int concurrency = functions.concurrency(call.reference().id());
    call.ticket =
        admission.admit(call.reference().id(), concurrency, call.eventBytes(), call.loop());
    return call.ticket.admitted();
  }

  private void resolve(Call call, Permit permit) {
    call.permit = permit;
    call.finishStep();
    ensureGoingOn(call);
    // After admission: a call that waited while its function was deployed anew runs the new code.
    call.version = functions.enter(call);
    call.deadline = Deadline.in(call.version.engineVersion().timeout());
    call.finishStep();
  }

  private CompletionStage<Lease> lease(Call call) {
    return pool.lease(call.version.engineVersion(), call.deadline, call.loop());
  }

  private CompletionStage<Answer> send(Call call, Lease lease) {
    call.finishStep();
    if (call.isOver()) {
      lease.close();
    }
    ensureGoingOn(call);
    call.lease = lease;
    return lease.send(
        new Invocation(
            call.requestId(), call.deadline, call.eventToSend(), call.traceId(), Optional.empty()));
  }

  private void stream(
      Call call, Caller caller, @Nullable Answer answer, @Nullable Throwable failure) {
    call.finishStep();
    Optional<ProblemException> problem = Optional.empty();
    if (failure == null && answer != null) {
      caller.answered(call, answer);
    } else {
      problem = Optional.of(Failures.problem(call, unwrap(failure)));
      caller.failed(call, problem.get());
    }
    listener.ended(call, problem);
  }

  private static void release(Call call) {
    call.releaseEvent();
    if (call.lease != null) {
      call.lease.close();
    }
    if (call.version != null) {
      call.version.leave(call);
    }
    if (call.ticket != null) {
      call.ticket.close();
    }
  }

  private static void ensureGoingOn(Call call) {
    if (call.isOver()) {
      throw new CallerGone();
    }
  }

  private static Throwable unwrap(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause == null
        ? new IllegalStateException("A call ended without answer and failure")
        : cause;
  }
}
