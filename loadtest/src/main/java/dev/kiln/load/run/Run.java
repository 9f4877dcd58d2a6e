package dev.kiln.load.run;

import java.time.Duration;

/**
 * A finished run.
 *
 * @param calls calls that ended, answered or not
 * @param elapsed from the start until the last call ended
 * @param generatorCpu CPU time of the generator's thread meanwhile
 */
public record Run(int calls, Duration elapsed, Duration generatorCpu) {

  /** Returns ended calls a second. */
  public double callsPerSecond() {
    return calls * 1e9 / Math.max(1, elapsed.toNanos());
  }
}
