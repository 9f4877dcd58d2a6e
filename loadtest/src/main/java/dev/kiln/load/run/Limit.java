package dev.kiln.load.run;

import java.time.Duration;

/**
 * When a run ends: after so many calls or so long a time, whichever comes first.
 *
 * @param calls most calls
 * @param duration longest time in which calls may become due
 */
public record Limit(int calls, Duration duration) {

  private static final Duration NEVER = Duration.ofDays(1);

  public Limit {
    if (calls < 1 || duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("a run needs at least one call and some time");
    }
  }

  /** Returns a limit by number. */
  public static Limit calls(int calls) {
    return new Limit(calls, NEVER);
  }

  /** Returns a limit by time. */
  public static Limit lasting(Duration duration) {
    return new Limit(Integer.MAX_VALUE, duration);
  }
}
