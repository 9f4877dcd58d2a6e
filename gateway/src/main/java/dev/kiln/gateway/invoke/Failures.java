package dev.kiln.gateway.invoke;

import dev.kiln.contract.InvocationException;
import dev.kiln.contract.InvocationException.OfFunction;
import dev.kiln.gateway.admission.RefusedException;
import dev.kiln.gateway.problem.FunctionError;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import org.jboss.logging.Logger;

/** Turns what ended a call into the problem that its caller is told. */
final class Failures {

  private static final Logger LOG = Logger.getLogger(Failures.class);

  /**
   * What a runtime reports for an event that is not JSON: the caller's doing, not the function's.
   * The function shares the runtime's process and can report the same, so it is not believed alone.
   */
  private static final String UNMARSHAL_ERROR = "Runtime.UnmarshalError";

  private Failures() {}

  static ProblemException problem(Call call, Throwable failure) {
    if (failure instanceof ProblemException problem) {
      return problem;
    }
    if (failure instanceof RefusedException refused) {
      return ProblemException.overCapacity(refused.refusal().label(), refused.getMessage());
    }
    if (failure instanceof InvocationException of) {
      return ofInvocation(call, of);
    }
    if (failure instanceof CallerGone) {
      return ProblemException.of(ProblemCode.INVALID_REQUEST, failure.getMessage());
    }
    LOG.errorf(failure, "Call %s of %s failed", call.requestId(), call.reference());
    return ProblemException.of(ProblemCode.INTERNAL, "Kiln failed while it handled the call");
  }

  private static ProblemException ofInvocation(Call call, InvocationException failure) {
    if (failure instanceof OfFunction of) {
      return ofFunction(call, of);
    }
    if (failure instanceof InvocationException.OverCapacity over) {
      return ProblemException.overCapacity(over.reason(), over.getMessage());
    }
    LOG.warnf("Call %s of %s: %s", call.requestId(), call.reference(), failure.getMessage());
    return ProblemException.of(ProblemCode.ENGINE_FAILED, failure.getMessage());
  }

  private static ProblemException ofFunction(Call call, OfFunction failure) {
    if (failure.errorType().equals(UNMARSHAL_ERROR) && !call.isEventJson()) {
      return ProblemException.of(ProblemCode.INVALID_EVENT, failure.getMessage());
    }
    ProblemCode code =
        switch (failure.fault()) {
          case RAISED -> ProblemCode.FUNCTION_RAISED;
          case INIT_FAILED -> ProblemCode.FUNCTION_INIT_FAILED;
          case EXITED -> ProblemCode.FUNCTION_EXITED;
          case OUT_OF_MEMORY -> ProblemCode.FUNCTION_OUT_OF_MEMORY;
          case TIMED_OUT -> ProblemCode.FUNCTION_TIMED_OUT;
          case ANSWER_TOO_LARGE -> ProblemCode.FUNCTION_ANSWER_TOO_LARGE;
          case PROTOCOL -> ProblemCode.FUNCTION_PROTOCOL;
        };
    FunctionError error =
        new FunctionError(failure.errorType(), failure.getMessage(), failure.stackTrace());
    return ProblemException.ofFunction(
        code, failure.errorType() + ": " + failure.getMessage(), error);
  }
}
