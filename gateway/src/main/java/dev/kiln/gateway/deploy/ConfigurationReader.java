package dev.kiln.gateway.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.contract.Isolation;
import dev.kiln.gateway.function.EventFormat;
import dev.kiln.gateway.function.ReservedVariables;
import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.gateway.problem.Violation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads and checks what a function's owner asks for: the one schema of queries and of JSON
 * configurations.
 */
public final class ConfigurationReader {

  private static final int MEMORY_MIN = 128;
  private static final int MEMORY_MAX = 10_240;
  private static final int TIMEOUT_MAX_SECONDS = 900;
  private static final int TMP_MAX = 10_240;
  private static final int ENVIRONMENT_BYTES = 4096;
  private static final Pattern HANDLER =
      Pattern.compile("[A-Za-z0-9_./-]{1,120}\\.[A-Za-z_][A-Za-z0-9_]{0,63}");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  private final ConfigurationLimits limits;

  /** Creates it. */
  public ConfigurationReader(ConfigurationLimits limits) {
    this.limits = limits;
  }

  /**
   * Reads a whole configuration, as PUT has it: what is missing has its default.
   *
   * @throws ProblemException naming everything that is wrong
   */
  public ConfigurationChange readWhole(Map<String, JsonNode> given) {
    return read(given, true);
  }

  /** Reads what PATCH changes: what is missing stays as it is. */
  public ConfigurationChange readPart(Map<String, JsonNode> given) {
    return read(given, false);
  }

  /** Returns a change of nothing. */
  public ConfigurationChange nothing() {
    return readPart(Map.of());
  }

  private ConfigurationChange read(Map<String, JsonNode> given, boolean whole) {
    Parameters parameters = new Parameters(given);
    ConfigurationChange change =
        new ConfigurationChange(
            runtime(parameters, whole),
            handler(parameters, whole),
            parameters.number("memory", MEMORY_MIN, MEMORY_MAX),
            seconds(parameters.number("timeout", 1, TIMEOUT_MAX_SECONDS)),
            parameters.number("tmp", 1, TMP_MAX),
            environment(parameters),
            isolation(parameters),
            parameters.number("concurrency", 1, limits.maxConcurrency()),
            parameters.number("minWarm", 0, limits.maxMinWarm()),
            eventFormat(parameters),
            limits.defaultConcurrency());
    List<Violation> violations = parameters.finish();
    if (!violations.isEmpty()) {
      throw ProblemException.ofViolations(violations);
    }
    return change;
  }

  private Optional<String> runtime(Parameters parameters, boolean required) {
    Optional<String> runtime = parameters.text("runtime");
    String names = limits.runtimes().stream().sorted().collect(Collectors.joining(", "));
    if (runtime.isEmpty() && required) {
      parameters.violate("runtime", "is required: one of " + names);
    }
    runtime
        .filter(name -> !limits.runtimes().contains(name))
        .ifPresent(name -> parameters.violate("runtime", "must be one of " + names));
    return runtime;
  }

  private static Optional<String> handler(Parameters parameters, boolean required) {
    Optional<String> handler = parameters.text("handler");
    if (handler.isEmpty() && required) {
      parameters.violate("handler", "is required: module.function, such as app.handler");
    }
    handler
        .filter(text -> !HANDLER.matcher(text).matches())
        .ifPresent(
            text -> parameters.violate("handler", "must be module.function, such as app.handler"));
    return handler;
  }

  private static Optional<Map<String, String>> environment(Parameters parameters) {
    Optional<Map<String, String>> environment = parameters.texts("environment");
    environment.ifPresent(
        variables -> {
          variables.forEach((name, value) -> checkVariable(parameters, name, value));
          int bytes =
              variables.entrySet().stream()
                  .mapToInt(entry -> bytes(entry.getKey()) + bytes(entry.getValue()))
                  .sum();
          if (bytes > ENVIRONMENT_BYTES) {
            parameters.violate(
                "environment",
                "must have at most " + ENVIRONMENT_BYTES + " bytes of names and values");
          }
        });
    return environment;
  }

  private static void checkVariable(Parameters parameters, String name, String value) {
    if (!VARIABLE.matcher(name).matches()) {
      parameters.violate(
          "environment." + name, "must be letters, digits and _, not starting with a digit");
    } else if (ReservedVariables.isReserved(name)) {
      parameters.violate("environment." + name, "is reserved: Kiln sets it");
    } else if (value.indexOf('\0') >= 0) {
      parameters.violate("environment." + name, "must not contain NUL");
    }
  }

  private static Optional<Isolation> isolation(Parameters parameters) {
    Optional<String> label = parameters.text("isolation");
    Optional<Isolation> isolation =
        label.flatMap(
            text ->
                Arrays.stream(Isolation.values())
                    .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(text))
                    .findFirst());
    if (label.isPresent() && isolation.isEmpty()) {
      parameters.violate("isolation", "must be reuse, fork or fresh");
    }
    return isolation;
  }

  private static Optional<EventFormat> eventFormat(Parameters parameters) {
    Optional<String> label = parameters.text("eventFormat");
    Optional<EventFormat> format = label.flatMap(EventFormat::of);
    if (label.isPresent() && format.isEmpty()) {
      parameters.violate("eventFormat", "must be 1.0 or 2.0");
    }
    return format;
  }

  private static Optional<Duration> seconds(OptionalInt seconds) {
    return seconds.isPresent()
        ? Optional.of(Duration.ofSeconds(seconds.getAsInt()))
        : Optional.empty();
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
