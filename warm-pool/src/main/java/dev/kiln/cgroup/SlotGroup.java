package dev.kiln.cgroup;

/** The open control files of one slot. Used by one thread at a time. */
interface SlotGroup extends AutoCloseable {

  /** Writes the memory limit so that it never exceeds memory and swap together. */
  void limitMemory(long bytes);

  /** Writes the share of a contended CPU, 100 is everybody's. */
  void weighCpu(int weight);

  /** Writes the quota, 0: none. */
  void limitCpu(int millis);

  void limitProcesses(int processes);

  /**
   * Reads back every limit; throws {@link IllegalStateException} where one is not what was written.
   */
  void verify();

  void freeze(boolean frozen);

  long memoryBytes();

  @Override
  void close();
}
