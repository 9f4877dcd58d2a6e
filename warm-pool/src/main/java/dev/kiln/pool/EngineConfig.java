package dev.kiln.pool;

import dev.kiln.log.LogLimits;
import java.nio.file.Path;
import java.util.List;

/**
 * What the engine is started with.
 *
 * @param launcherDescriptor number of the descriptor that the launcher passed ({@code
 *     KILN_LAUNCHER_FD})
 * @param cgroups directory beneath which the launcher shows the slots' groups
 * @param runtimes names, in the order of the launcher's command line
 * @param logs how much a sandbox may print
 * @param pool how the pool behaves
 */
public record EngineConfig(
    int launcherDescriptor, Path cgroups, List<String> runtimes, LogLimits logs, PoolConfig pool) {

  public EngineConfig {
    if (launcherDescriptor < 0) {
      throw new IllegalArgumentException("launcherDescriptor must not be negative");
    }
    runtimes = List.copyOf(runtimes);
    if (runtimes.isEmpty() || runtimes.stream().distinct().count() != runtimes.size()) {
      throw new IllegalArgumentException("runtimes must name at least one runtime, and each once");
    }
  }
}
