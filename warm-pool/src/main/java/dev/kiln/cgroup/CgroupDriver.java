package dev.kiln.cgroup;

/**
 * Writes and reads the slots' control groups, which the launcher has made. Thread-safe; two calls
 * about one slot exclude each other. A call takes microseconds: it writes only what differs from
 * what was written last. Failures are {@link dev.kiln.linux.LinuxException}s.
 */
public interface CgroupDriver extends AutoCloseable {

  /**
   * Limits the slot. When the slot is used for the first time, and when the launcher has replaced
   * its groups, every limit is written and read back.
   */
  void apply(int slot, Limits limits);

  /**
   * Makes the slot ready for the next stem: thawed, no CPU quota, so that warming is not throttled.
   * Memory and processes stay limited as they were until the next {@link #apply}.
   */
  void reset(int slot);

  /** Stops every process of the slot. Returns at once; the last one stops a little later. */
  void freeze(int slot);

  /** Lets the processes of the slot go on. */
  void thaw(int slot);

  /** Returns the memory that is charged to the slot now, page cache included. */
  long memoryBytes(int slot);

  /** Closes the files; the groups are the launcher's and stay. */
  @Override
  void close();
}
