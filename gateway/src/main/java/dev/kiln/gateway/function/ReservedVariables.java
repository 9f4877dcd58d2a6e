package dev.kiln.gateway.function;

import java.util.Set;

/**
 * Environment variables that Kiln sets itself: a function's owner cannot. AWS Lambda's list, and
 * Kiln's prefix.
 */
public final class ReservedVariables {

  private static final Set<String> NAMES =
      Set.of(
          "_HANDLER",
          "_X_AMZN_TRACE_ID",
          "AWS_DEFAULT_REGION",
          "AWS_REGION",
          "AWS_EXECUTION_ENV",
          "AWS_LAMBDA_FUNCTION_NAME",
          "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
          "AWS_LAMBDA_FUNCTION_VERSION",
          "AWS_LAMBDA_INITIALIZATION_TYPE",
          "AWS_LAMBDA_LOG_GROUP_NAME",
          "AWS_LAMBDA_LOG_STREAM_NAME",
          "AWS_ACCESS_KEY",
          "AWS_ACCESS_KEY_ID",
          "AWS_SECRET_ACCESS_KEY",
          "AWS_SESSION_TOKEN",
          "AWS_LAMBDA_RUNTIME_API",
          "LAMBDA_TASK_ROOT",
          "LAMBDA_RUNTIME_DIR");
  private static final String PREFIX = "KILN_";

  private ReservedVariables() {}

  /** Returns whether {@code name} is Kiln's to set. */
  public static boolean isReserved(String name) {
    return NAMES.contains(name) || name.startsWith(PREFIX);
  }
}
