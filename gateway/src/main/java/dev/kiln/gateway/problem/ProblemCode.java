package dev.kiln.gateway.problem;

import java.util.Locale;

/** Every problem that Kiln reports: a closed set of codes that callers may rely on. */
public enum ProblemCode {
  INVALID_REQUEST(
      400, ProblemClass.CALLER, "The request is not valid", "Mend what 'violations' names."),
  INVALID_EVENT(400, ProblemClass.CALLER, "The event is not JSON", "Send any JSON as the body."),
  INVALID_ARCHIVE(
      400,
      ProblemClass.CALLER,
      "The code archive is refused",
      "Make the zip anew without that entry."),
  UNSUPPORTED_MEDIA_TYPE(
      415,
      ProblemClass.CALLER,
      "The content type is not supported",
      "Send application/zip, or multipart/form-data with the parts 'config' and 'code';"
          + " PATCH takes application/json too."),
  BODY_TOO_SLOW(
      408,
      ProblemClass.CALLER,
      "The body did not come in time",
      "Send it without pauses, or raise the limit in Kiln's configuration."),
  BODY_TOO_LARGE(
      413,
      ProblemClass.CALLER,
      "The body is too large",
      "Send less, or raise the limit in Kiln's configuration."),
  FUNCTION_NOT_FOUND(
      404,
      ProblemClass.CALLER,
      "There is no such function",
      "GET /functions lists those there are."),
  VERSION_NOT_FOUND(
      404,
      ProblemClass.CALLER,
      "The function has no such version or alias",
      "GET /functions/{name} lists its versions."),
  NO_SUCH_RESOURCE(
      404, ProblemClass.CALLER, "There is nothing at this path", "/q/openapi lists the paths."),
  METHOD_NOT_ALLOWED(
      405,
      ProblemClass.CALLER,
      "This path does not have that method",
      "/q/openapi lists the methods."),
  CONFLICT(
      409,
      ProblemClass.CALLER,
      "The function was changed by someone else at the same time",
      "Try again."),

  FUNCTION_RAISED(
      502,
      ProblemClass.CALLER,
      "The function raised an error",
      "'functionError' and the function's log say where."),
  FUNCTION_INIT_FAILED(
      502,
      ProblemClass.CALLER,
      "The function could not be loaded",
      "'functionError' and the function's log say why; deploy it anew."),
  FUNCTION_EXITED(
      502,
      ProblemClass.CALLER,
      "The function's process ended before it answered",
      "Look into the function's log; a handler must return, not exit."),
  FUNCTION_OUT_OF_MEMORY(
      502,
      ProblemClass.CALLER,
      "The function exceeded its memory limit",
      "Raise 'memory', or use less."),
  FUNCTION_ANSWER_TOO_LARGE(
      502,
      ProblemClass.CALLER,
      "The function's answer is too large",
      "Answer with less, or with a reference to where the content is."),
  FUNCTION_ANSWER_MALFORMED(
      502,
      ProblemClass.CALLER,
      "The function's answer is no HTTP answer",
      "Return {statusCode, headers, cookies, body, isBase64Encoded}, or JSON without 'statusCode'."),
  FUNCTION_PROTOCOL(
      502,
      ProblemClass.CALLER,
      "The function's process broke its contract with Kiln",
      "It must leave the descriptors alone that it did not open."),
  FUNCTION_TIMED_OUT(
      504,
      ProblemClass.CALLER,
      "The function did not answer in time",
      "Raise 'timeout', or do less."),

  OVER_CAPACITY(
      429,
      ProblemClass.CAPACITY,
      "There is no room for the call",
      "Try again after 'Retry-After' seconds."),
  DEPLOYMENTS_BUSY(
      429,
      ProblemClass.CAPACITY,
      "Too many deployments are under way",
      "Try again after 'Retry-After' seconds."),

  SUPERSEDED(
      503,
      ProblemClass.CAPACITY,
      "A deployment replaced the function during the call",
      "Call again: the new version serves."),
  STORE_UNAVAILABLE(
      503,
      ProblemClass.KILN,
      "Functions cannot be changed at the moment: their store is away",
      "Try again: calls of functions go on meanwhile, and the store is restarted."),
  ENGINE_FAILED(
      503,
      ProblemClass.KILN,
      "The sandbox could not be provided or was lost",
      "Try again; if it persists, see GET /pool and Kiln's log."),
  STOPPING(
      503,
      ProblemClass.KILN,
      "Kiln is stopping",
      "Try again, on a new connection: Kiln may have been started anew."),
  INTERNAL(
      500,
      ProblemClass.KILN,
      "Kiln failed",
      "Report it with the request's id; Kiln's log has the cause.");

  private final int status;
  private final ProblemClass problemClass;
  private final String title;
  private final String remedy;
  private final String label;

  ProblemCode(int status, ProblemClass problemClass, String title, String remedy) {
    this.status = status;
    this.problemClass = problemClass;
    this.title = title;
    this.remedy = remedy;
    this.label = name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the HTTP status of the native API. */
  public int status() {
    return status;
  }

  /** Returns whose business it is. */
  public ProblemClass problemClass() {
    return problemClass;
  }

  /** Returns a short sentence, the same for every occurrence. */
  public String title() {
    return title;
  }

  /** Returns what the caller can do, unless the occurrence has a better answer. */
  public String remedy() {
    return remedy;
  }

  /** Returns the code as documents carry it, such as {@code function-not-found}. */
  public String label() {
    return label;
  }
}
