package dev.kiln.gateway.problem;

import java.util.List;

/**
 * What a function did instead of answering, as AWS Lambda shapes it.
 *
 * @param errorType the exception's class, or a standard type such as {@code Runtime.ExitError}
 * @param errorMessage what it said
 * @param stackTrace the function's own frames
 */
public record FunctionError(String errorType, String errorMessage, List<String> stackTrace) {

  /** Copies the frames. */
  public FunctionError {
    stackTrace = List.copyOf(stackTrace);
  }
}
