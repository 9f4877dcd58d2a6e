package dev.kiln.launcher;

/**
 * How a sandbox ended.
 *
 * @param status as waitpid gives it, or {@link #WITH_ZYGOTE}
 * @param oomKills processes of it that the kernel killed for lack of memory
 * @param memoryPeakBytes most memory that was charged, see {@link Stat#memoryPeakBytes}
 * @param cpuMicros used by it
 */
public record Exit(int status, int oomKills, long memoryPeakBytes, long cpuMicros) {

  /** The status of a sandbox that died with its zygote, whose wait status nobody saw. */
  public static final int WITH_ZYGOTE = -1;

  /** Returns whether the init exited by itself; {@link #exitCode} is then what it gave. */
  public boolean exited() {
    return status != WITH_ZYGOTE && (status & 0x7f) == 0;
  }

  /** Returns the init's exit code, 0 if it did not exit by itself. */
  public int exitCode() {
    return exited() ? (status >> 8) & 0xff : 0;
  }

  /** Returns the signal that ended the init, 0 if none did or nobody knows. */
  public int signal() {
    return status == WITH_ZYGOTE ? 0 : status & 0x7f;
  }
}
