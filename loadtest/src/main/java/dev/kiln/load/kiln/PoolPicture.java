package dev.kiln.load.kiln;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Map;

/**
 * What {@code GET /pool} tells, as far as benchmarks use it.
 *
 * @param runtimes each runtime's stems
 * @param transitions how often each change of a sandbox's state happened, such as {@code
 *     "IDLE>BUSY"}
 * @param slotsUsed slots that hold a sandbox
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record PoolPicture(List<Stems> runtimes, Map<String, Long> transitions, int slotsUsed) {

  /**
   * One runtime's stems.
   *
   * @param stemsPlain locked down and waiting
   * @param stemsWarmed those that have also run the dummy calls
   * @param stemTarget how many the policy wants
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Stems(String name, int stemsPlain, int stemsWarmed, int stemTarget) {}

  /** Returns the stems of all runtimes, of both grades. */
  public int stems() {
    return runtimes.stream().mapToInt(stems -> stems.stemsPlain() + stems.stemsWarmed()).sum();
  }

  /** Returns the warmed stems of all runtimes. */
  public int warmed() {
    return runtimes.stream().mapToInt(Stems::stemsWarmed).sum();
  }

  /** Returns how many stems the policy wants. */
  public int wanted() {
    return runtimes.stream().mapToInt(Stems::stemTarget).sum();
  }
}
