package dev.kiln.contract;

import java.util.List;

/**
 * Why an invocation has no answer. Its subclass says whose fault it is. Carries no stack trace: it
 * is a result.
 */
public abstract sealed class InvocationException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private InvocationException(String message) {
    super(message, null, false, false);
  }

  /** What a function did instead of answering. */
  public enum Fault {
    /** The handler raised. */
    RAISED,
    /** Loading or initialising raised: syntax error, import error, no such handler. */
    INIT_FAILED,
    /** The process exited or was killed by a signal. */
    EXITED,
    /** The sandbox met its memory limit. */
    OUT_OF_MEMORY,
    /** The deadline passed. */
    TIMED_OUT,
    /** The answer was larger than allowed. */
    ANSWER_TOO_LARGE,
    /** The sandbox broke the contract: unknown frame, foreign nonce, no JSON. */
    PROTOCOL
  }

  /** The function failed. */
  public static final class OfFunction extends InvocationException {
    private static final long serialVersionUID = 1;
    private final Fault fault;
    private final String errorType;
    private final List<String> stackTrace;

    /**
     * Creates it.
     *
     * @param errorType as Lambda names it: the exception's class, or {@code Runtime.ExitError},
     *     {@code Runtime.OutOfMemory}, {@code Sandbox.Timedout}, {@code
     *     Function.ResponseSizeTooLarge}
     */
    public OfFunction(Fault fault, String errorType, String errorMessage, List<String> stackTrace) {
      super(errorMessage);
      this.fault = fault;
      this.errorType = errorType;
      this.stackTrace = List.copyOf(stackTrace);
    }

    public Fault fault() {
      return fault;
    }

    public String errorType() {
      return errorType;
    }

    public List<String> stackTrace() {
      return stackTrace;
    }
  }

  /** There is no room: the caller may try again. */
  public static final class OverCapacity extends InvocationException {
    private static final long serialVersionUID = 1;
    private final String reason;

    /** Creates it; {@code reason} is a stable word such as {@code function-concurrency}. */
    public OverCapacity(String reason, String message) {
      super(message);
      this.reason = reason;
    }

    public String reason() {
      return reason;
    }
  }

  /** Kiln failed: the zygote or the launcher went down, a sandbox could not be made. */
  public static final class OfEngine extends InvocationException {
    private static final long serialVersionUID = 1;

    public OfEngine(String message) {
      super(message);
    }
  }
}
