package dev.kiln.gateway.invoke;

import dev.kiln.gateway.problem.ProblemException;
import java.util.Optional;

/**
 * Is told of every call that ended, on its event loop: for metrics and the access log. Must not
 * block.
 */
@FunctionalInterface
public interface InvocationListener {

  /** {@code call} ended, with {@code problem} unless the function answered. */
  void ended(Call call, Optional<ProblemException> problem);
}
