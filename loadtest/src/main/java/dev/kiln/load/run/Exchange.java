package dev.kiln.load.run;

/**
 * A call that was answered. Times are of {@link System#nanoTime}.
 *
 * @param index number of the call within its run, from 0
 * @param dueNanos when the call was due
 * @param sentNanos when it was written; later than due where no connection was free
 * @param receivedNanos when the answer was complete
 * @param status HTTP status
 * @param head headers, only valid while the exchange is being reported
 * @param bodyBytes length of the answer's body
 */
public record Exchange(
    int index,
    long dueNanos,
    long sentNanos,
    long receivedNanos,
    int status,
    ResponseHead head,
    long bodyBytes) {

  /** Returns nanoseconds from when the call was due until its answer was complete. */
  public long latencyNanos() {
    return receivedNanos - dueNanos;
  }

  /** Returns how many nanoseconds after it was due the call was sent. */
  public long lateNanos() {
    return sentNanos - dueNanos;
  }
}
