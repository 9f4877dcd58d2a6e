package dev.kiln.load.scenario;

import java.time.Duration;

/**
 * How much of everything a run of the benchmark does. The full scale is what goals are stated for;
 * the quick one shows that everything works and where the figures lie roughly.
 *
 * @param functions distinct functions for first calls, and sandboxes that idle
 * @param gap time between calls of sparse arrivals
 * @param sparseCalls calls of the other sparse scenarios
 * @param blocks parts into which a run is cut to put a peer's runs between them
 * @param peerRunsPerBlock the peer's runs between two parts
 * @param warmUpCalls calls that go before warm scenarios, so that both virtual machines have
 *     compiled
 * @param pairs pairs of alternating slices of warm scenarios
 * @param slice length of one slice
 * @param sustained length of the scenarios that have to hold out
 */
public record Scale(
    int functions,
    Duration gap,
    int sparseCalls,
    int blocks,
    int peerRunsPerBlock,
    int warmUpCalls,
    int pairs,
    Duration slice,
    Duration sustained) {

  /** What the goals are stated for. */
  public static final Scale FULL =
      new Scale(
          1_000,
          Duration.ofMillis(40),
          1_000,
          20,
          5,
          40_000,
          20,
          Duration.ofSeconds(1),
          Duration.ofMinutes(1));

  /** Enough to see that everything works. */
  public static final Scale QUICK =
      new Scale(
          100,
          Duration.ofMillis(40),
          100,
          4,
          5,
          10_000,
          6,
          Duration.ofMillis(500),
          Duration.ofSeconds(6));

  public Scale {
    if (functions % blocks != 0) {
      throw new IllegalArgumentException(
          functions + " functions do not make " + blocks + " blocks");
    }
  }
}
