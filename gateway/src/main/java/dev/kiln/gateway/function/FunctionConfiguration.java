package dev.kiln.gateway.function;

import dev.kiln.contract.Isolation;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that a function's owner decides about it, apart from its code.
 *
 * @param runtime the runtime's name
 * @param handler what the runtime calls, such as {@code app.handler}
 * @param memoryMegabytes limit of memory, {@code /tmp} included; CPU is granted in proportion
 * @param timeout what one invocation may take
 * @param tmpMegabytes size of {@code /tmp}
 * @param environment the owner's own variables, sorted by name
 * @param isolation how far one invocation is kept from the next
 * @param concurrency how many invocations may run at once
 * @param minWarm how many sandboxes are kept warm
 * @param eventFormat how requests to the function's URL reach it
 */
public record FunctionConfiguration(
    String runtime,
    String handler,
    int memoryMegabytes,
    Duration timeout,
    int tmpMegabytes,
    Map<String, String> environment,
    Isolation isolation,
    int concurrency,
    int minWarm,
    EventFormat eventFormat) {

  /** Copies the environment. */
  public FunctionConfiguration {
    if (memoryMegabytes <= 0 || tmpMegabytes <= 0 || concurrency <= 0 || minWarm < 0) {
      throw new IllegalArgumentException("Sizes and counts are positive");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("A timeout is positive");
    }
    environment = Collections.unmodifiableMap(new TreeMap<>(environment));
  }
}
