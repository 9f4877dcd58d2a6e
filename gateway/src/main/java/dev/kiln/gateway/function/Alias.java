package dev.kiln.gateway.function;

import java.util.Map;

/**
 * A name for a version that its owner may move to another.
 *
 * @param name its name
 * @param number the version that gets what the weights leave
 * @param weights other versions' shares of the calls, each between 0 and 1, together at most 1
 */
public record Alias(String name, int number, Map<Integer, Double> weights) {

  /** Throws {@link IllegalArgumentException} for weights that are no shares. */
  public Alias {
    weights = Map.copyOf(weights);
    double sum = weights.values().stream().mapToDouble(Double::doubleValue).sum();
    if (weights.values().stream().anyMatch(weight -> !(weight >= 0 && weight <= 1)) || sum > 1) {
      throw new IllegalArgumentException(
          "An alias' weights lie between 0 and 1 and add up to at most 1");
    }
  }

  /** Returns the version for a call that drew {@code sample} from the range 0 to 1. */
  public int choose(double sample) {
    double passed = 0;
    for (Map.Entry<Integer, Double> weight : weights.entrySet()) {
      passed += weight.getValue();
      if (sample < passed) {
        return weight.getKey();
      }
    }
    return number;
  }
}
