package dev.kiln.pool;

import dev.kiln.contract.Isolation;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * All that the engine must know of one immutable version of a function to run it.
 *
 * @param key identity, {@code <account>/<name>:<version>}; two equal keys are the same code and
 *     configuration
 * @param runtime the runtime's name, such as {@code python3.11}
 * @param handler the handler, such as {@code app.handler}
 * @param code the code directory's digest, 64 lower-case hex digits
 * @param layers the merged layers' digest, if any
 * @param bundle what the runtime compiled at deployment; empty: import from the code directory
 * @param environment the whole environment of the function's process
 * @param memoryBytes limit of memory, {@code /tmp} and {@code /dev/shm} included
 * @param cpuMillis thousandths of a CPU per second of time
 * @param processes limit of processes and threads
 * @param tmpBytes size of {@code /tmp}
 * @param timeout time that an invocation has
 * @param maxAnswerBytes the largest answer
 * @param isolation see {@link Isolation}
 * @param concurrency how many invocations may run at once
 * @param minWarm how many sandboxes are kept warm
 */
public record Version(
    String key,
    String functionName,
    String functionVersion,
    String functionArn,
    String runtime,
    String handler,
    String code,
    Optional<String> layers,
    byte[] bundle,
    Map<String, String> environment,
    long memoryBytes,
    int cpuMillis,
    int processes,
    long tmpBytes,
    Duration timeout,
    int maxAnswerBytes,
    Isolation isolation,
    int concurrency,
    int minWarm) {

  private static final long LEAST_MEMORY_BYTES = 16L << 20;

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  public Version {
    require(!key.isEmpty(), "key must not be empty");
    require(DIGEST.matcher(code).matches(), "code must be a digest of 64 hex digits");
    require(
        layers.filter(digest -> !DIGEST.matcher(digest).matches()).isEmpty(),
        "layers must be a digest of 64 hex digits");
    require(memoryBytes >= LEAST_MEMORY_BYTES, "memoryBytes must be at least 16 MiB");
    require(cpuMillis >= 0, "cpuMillis must not be negative");
    require(processes >= 1, "processes must be at least 1");
    require(tmpBytes >= 0, "tmpBytes must not be negative");
    require(timeout.compareTo(Duration.ZERO) > 0, "timeout must be positive");
    require(maxAnswerBytes >= 0, "maxAnswerBytes must not be negative");
    require(concurrency >= 1, "concurrency must be at least 1");
    require(minWarm >= 0, "minWarm must not be negative");
    environment = Map.copyOf(environment);
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Version version && version.key.equals(key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }
}
