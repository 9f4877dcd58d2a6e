package dev.kiln.pool;

import dev.kiln.contract.Isolation;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

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

  public Version {
    environment = Map.copyOf(environment);
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
