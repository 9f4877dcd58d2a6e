package dev.kiln.log;

/**
 * One sandbox's outputs, attached to a {@link LogPump}. Thread-safe. Lines that are read between
 * {@link #begin} and {@link #end} bear that invocation's id; others bear none.
 */
public interface LogSource extends AutoCloseable {

  /** Says that an invocation starts. */
  void begin(String requestId);

  /**
   * Says that the invocation has answered: reads what both pipes hold, on the caller's thread and
   * without waiting, hands on a last line even without its line feed, then forgets the id. Costs
   * two reads where nothing was printed.
   */
  void end();

  /** Reads what is left, as {@link #end} does, and closes both pipes; closing twice is harmless. */
  @Override
  void close();
}
