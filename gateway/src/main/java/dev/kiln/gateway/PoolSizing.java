package dev.kiln.gateway;

import com.sun.management.OperatingSystemMXBean;
import dev.kiln.pool.PoolConfig;
import java.lang.management.ManagementFactory;

/** How the pool behaves: what the configuration says, and for the rest what suits the machine. */
final class PoolSizing {

  /** Half of the machine is for sandboxes unless the configuration says otherwise. */
  private static final int MEMORY_SHARE = 2;

  private static final int TYPICAL_SLOTS = 256;

  private PoolSizing() {}

  static PoolConfig of(KilnConfig.PoolSettings settings) {
    PoolConfig standard =
        PoolConfig.standard(
            TYPICAL_SLOTS, settings.memoryBytes().orElseGet(PoolSizing::shareOfMemory));
    int stemsMax =
        settings.stemsMax().orElse(Math.max(standard.stemsMax(), settings.stemsMin().orElse(0)));
    return new PoolConfig(
        settings.stemsMin().orElse(Math.min(standard.stemsMin(), stemsMax)),
        stemsMax,
        settings.stemsWarmed().orElse(Math.min(standard.stemsWarmed(), stemsMax)),
        settings.birthsAtOnce().orElse(standard.birthsAtOnce()),
        settings.birthsPerSecond().orElse(standard.birthsPerSecond()),
        settings.keepAliveBytes().orElse(standard.keepAliveBytes()),
        settings.freezeAfter().orElse(standard.freezeAfter()),
        settings.unfrozen().orElse(standard.unfrozen()),
        standard.waitingPerVersion(),
        standard.waiting(),
        settings.maxWait().orElse(standard.maxWait()),
        settings.spareCopies().orElse(standard.spareCopies()),
        settings.unfinishedBytes().orElse(standard.unfinishedBytes()),
        standard.compileMemoryBytes(),
        standard.maxBundleBytes());
  }

  private static long shareOfMemory() {
    OperatingSystemMXBean machine =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return machine.getTotalMemorySize() / MEMORY_SHARE;
  }
}
