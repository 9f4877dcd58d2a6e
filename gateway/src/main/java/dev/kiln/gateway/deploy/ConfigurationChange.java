package dev.kiln.gateway.deploy;

import dev.kiln.contract.Isolation;
import dev.kiln.gateway.function.EventFormat;
import dev.kiln.gateway.function.FunctionConfiguration;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a caller wants of a function's configuration, checked. Each part that is empty was not
 * mentioned; see {@link FunctionConfiguration} for what they mean.
 */
public record ConfigurationChange(
    Optional<String> runtime,
    Optional<String> handler,
    OptionalInt memoryMegabytes,
    Optional<Duration> timeout,
    OptionalInt tmpMegabytes,
    Optional<Map<String, String>> environment,
    Optional<Isolation> isolation,
    OptionalInt concurrency,
    OptionalInt minWarm,
    Optional<EventFormat> eventFormat,
    int defaultConcurrency) {

  private static final int DEFAULT_MEMORY = 128;
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(3);
  private static final int DEFAULT_TMP = 512;

  /** Returns a configuration that has the defaults for what was not mentioned. */
  FunctionConfiguration toWhole() {
    return new FunctionConfiguration(
        runtime.orElseThrow(),
        handler.orElseThrow(),
        memoryMegabytes.orElse(DEFAULT_MEMORY),
        timeout.orElse(DEFAULT_TIMEOUT),
        tmpMegabytes.orElse(DEFAULT_TMP),
        environment.orElse(Map.of()),
        isolation.orElse(Isolation.REUSE),
        concurrency.orElse(defaultConcurrency),
        minWarm.orElse(0),
        eventFormat.orElse(EventFormat.V2));
  }

  /** Returns {@code base} with what was mentioned. */
  FunctionConfiguration applyTo(FunctionConfiguration base) {
    return new FunctionConfiguration(
        runtime.orElse(base.runtime()),
        handler.orElse(base.handler()),
        memoryMegabytes.orElse(base.memoryMegabytes()),
        timeout.orElse(base.timeout()),
        tmpMegabytes.orElse(base.tmpMegabytes()),
        environment.orElse(base.environment()),
        isolation.orElse(base.isolation()),
        concurrency.orElse(base.concurrency()),
        minWarm.orElse(base.minWarm()),
        eventFormat.orElse(base.eventFormat()));
  }
}
