package dev.kiln.gateway.problem;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Ends what a caller asked for with a problem. Carries no stack trace: it is an answer, not an
 * accident.
 */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ProblemCode code;
  private final transient Details details;

  private record Details(
      Optional<String> remedy,
      Optional<String> reason,
      Optional<FunctionError> functionError,
      List<Violation> violations) {
    static final Details NONE =
        new Details(Optional.empty(), Optional.empty(), Optional.empty(), List.of());
  }

  private ProblemException(ProblemCode code, String detail, Details details) {
    super(detail, null, false, false);
    this.code = code;
    this.details = details;
  }

  /** A problem whose {@code detail} says what is special about this occurrence. */
  public static ProblemException of(ProblemCode code, String detail) {
    return new ProblemException(code, detail, Details.NONE);
  }

  /** A problem with a remedy of its own. */
  public static ProblemException of(ProblemCode code, String detail, String remedy) {
    return new ProblemException(
        code,
        detail,
        new Details(Optional.of(remedy), Optional.empty(), Optional.empty(), List.of()));
  }

  /** A request with all that is wrong with it. */
  public static ProblemException ofViolations(List<Violation> violations) {
    String detail =
        violations.stream()
            .map(violation -> violation.parameter() + ": " + violation.message())
            .collect(Collectors.joining("; "));
    return new ProblemException(
        ProblemCode.INVALID_REQUEST,
        detail,
        new Details(Optional.empty(), Optional.empty(), Optional.empty(), List.copyOf(violations)));
  }

  /** A function's failure. */
  public static ProblemException ofFunction(ProblemCode code, String detail, FunctionError error) {
    return new ProblemException(
        code,
        detail,
        new Details(Optional.empty(), Optional.empty(), Optional.of(error), List.of()));
  }

  /** A call that there is no room for; {@code reason} is a stable word. */
  public static ProblemException overCapacity(String reason, String detail) {
    return new ProblemException(
        ProblemCode.OVER_CAPACITY,
        detail,
        new Details(Optional.empty(), Optional.of(reason), Optional.empty(), List.of()));
  }

  /** Returns which problem it is. */
  public ProblemCode code() {
    return code;
  }

  /** Returns what the caller can do. */
  public String remedy() {
    return details.remedy().orElse(code.remedy());
  }

  /** Returns which limit was met, where there was no room. */
  public Optional<String> reason() {
    return details.reason();
  }

  /** Returns what the function did, where it failed. */
  public Optional<FunctionError> functionError() {
    return details.functionError();
  }

  /** Returns what is wrong with the request, each. */
  public List<Violation> violations() {
    return details.violations();
  }
}
