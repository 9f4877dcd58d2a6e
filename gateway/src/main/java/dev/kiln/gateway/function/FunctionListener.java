package dev.kiln.gateway.function;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Is told of every change of a function on this node, one at a time for each function. */
@FunctionalInterface
public interface FunctionListener {

  /**
   * The function {@code id} is now {@code function} (empty: gone). Completes once nothing that this
   * replaces can answer any more.
   */
  CompletionStage<Void> changed(FunctionId id, Optional<Function> function);
}
