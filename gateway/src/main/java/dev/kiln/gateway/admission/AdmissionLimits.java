package dev.kiln.gateway.admission;

import java.time.Duration;

/**
 * What the node takes on.
 *
 * @param running invocations that run at once, of all functions
 * @param waitingPerFunction invocations of one function that wait at once
 * @param waiting invocations that wait at once, of all functions
 * @param waitingBytes bytes of the events of those that wait
 * @param waitingTime how long one waits at most
 */
public record AdmissionLimits(
    int running, int waitingPerFunction, int waiting, long waitingBytes, Duration waitingTime) {

  /** Throws {@link IllegalArgumentException} for limits that admit nothing. */
  public AdmissionLimits {
    if (running < 1
        || waitingPerFunction < 0
        || waiting < 0
        || waitingBytes < 0
        || waitingTime.isNegative()) {
      throw new IllegalArgumentException(
          "At least one invocation must be allowed to run, and no limit is negative");
    }
  }
}
