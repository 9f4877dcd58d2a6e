package dev.kiln.cgroup;

import dev.kiln.linux.Linux;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** A slot that is limited and frozen in the unified tree. */
final class UnifiedSlot implements SlotGroup {

  /** Of the default period, a tenth of a second, which a number alone leaves as it is. */
  private static final int QUOTA_MICROS_PER_MILLI = 100;

  private final ControlFiles files;
  private final ControlFile memory;
  private final Optional<ControlFile> swap;
  private final ControlFile memoryUsage;
  private final ControlFile cpuQuota;
  private final ControlFile cpuWeight;
  private final ControlFile processes;
  private final ControlFile frozen;
  private final int pageSize = Linux.pageSize();

  UnifiedSlot(Path root, String groupName, ControlFiles files) {
    this.files = files;
    Path group = root.resolve("unified").resolve(groupName);
    memory = files.limit(group.resolve("memory.max"), "max");
    swap = files.swapLimit(group.resolve("memory.swap.max"), "max");
    memoryUsage = files.counter(group.resolve("memory.current"));
    cpuQuota = files.limit(group.resolve("cpu.max"), "max");
    cpuWeight = files.limit(group.resolve("cpu.weight"), "");
    processes = files.limit(group.resolve("pids.max"), "max");
    frozen = files.limit(group.resolve("cgroup.freeze"), "");
  }

  @Override
  public void limitMemory(long bytes) {
    swap.ifPresent(file -> file.set(0));
    memory.set(bytes);
  }

  @Override
  public void weighCpu(int weight) {
    cpuWeight.set(weight);
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
    swap.ifPresent(file -> file.verify(1));
    Stream.of(cpuQuota, cpuWeight, processes).forEach(file -> file.verify(1));
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
