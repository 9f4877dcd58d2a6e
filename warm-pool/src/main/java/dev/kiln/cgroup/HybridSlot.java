package dev.kiln.cgroup;

import dev.kiln.linux.Linux;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A slot whose memory, CPU and processes are limited by v1 hierarchies and which is frozen in the
 * unified tree.
 */
final class HybridSlot implements SlotGroup {

  private static final int SHARES_OF_WEIGHT_100 = 1024;
  private static final int LEAST_SHARES = 2;
  private static final int QUOTA_MICROS_PER_MILLI = 100;

  private final ControlFiles files;
  private final ControlFile memory;
  private final Optional<ControlFile> memoryAndSwap;
  private final ControlFile memoryUsage;
  private final ControlFile cpuQuota;
  private final ControlFile cpuShares;
  private final ControlFile processes;
  private final ControlFile frozen;
  private final int pageSize = Linux.pageSize();

  HybridSlot(Path root, String group, ControlFiles files) {
    this.files = files;
    Path memoryGroup = root.resolve("memory").resolve(group);
    Path cpuGroup = root.resolve("cpu").resolve(group);
    memory = files.limit(memoryGroup.resolve("memory.limit_in_bytes"), "-1");
    memoryAndSwap = files.swapLimit(memoryGroup.resolve("memory.memsw.limit_in_bytes"), "-1");
    memoryUsage = files.counter(memoryGroup.resolve("memory.usage_in_bytes"));
    cpuQuota = files.limit(cpuGroup.resolve("cpu.cfs_quota_us"), "-1");
    cpuShares = files.limit(cpuGroup.resolve("cpu.shares"), "");
    processes = files.limit(root.resolve("pids").resolve(group).resolve("pids.max"), "max");
    frozen = files.limit(root.resolve("unified").resolve(group).resolve("cgroup.freeze"), "");
  }

  @Override
  public void limitMemory(long bytes) {
    if (memoryAndSwap.isEmpty()) {
      memory.set(bytes);
    } else if (bytes > memoryAndSwap.get().current()) {
      memoryAndSwap.get().set(bytes);
      memory.set(bytes);
    } else {
      memory.set(bytes);
      memoryAndSwap.get().set(bytes);
    }
  }

  @Override
  public void weighCpu(int weight) {
    cpuShares.set(Math.max(LEAST_SHARES, weight * SHARES_OF_WEIGHT_100 / 100));
  }

  @Override
  public void limitCpu(int millis) {
    cpuQuota.set(millis == 0 ? ControlFile.NO_LIMIT : (long) millis * QUOTA_MICROS_PER_MILLI);
  }

  @Override
  public void limitProcesses(int count) {
    processes.set(count);
  }

  @Override
  public void verify() {
    memory.verify(pageSize);
    memoryAndSwap.ifPresent(file -> file.verify(pageSize));
    Stream.of(cpuQuota, cpuShares, processes).forEach(file -> file.verify(1));
  }

  @Override
  public void freeze(boolean freeze) {
    frozen.set(freeze ? 1 : 0);
  }

  @Override
  public long memoryBytes() {
    return memoryUsage.read();
  }

  @Override
  public void close() {
    files.close();
  }
}
