package dev.kiln.gateway.deploy;

import java.util.Set;

/**
 * What this node allows a function's owner to ask for, beside the ranges that are the same
 * everywhere.
 *
 * @param runtimes the runtimes that there are
 * @param defaultConcurrency how many invocations may run at once unless the owner says
 * @param maxConcurrency the most that the owner may say
 * @param maxMinWarm the most sandboxes that may be kept warm
 */
public record ConfigurationLimits(
    Set<String> runtimes, int defaultConcurrency, int maxConcurrency, int maxMinWarm) {

  /** Copies the set. */
  public ConfigurationLimits {
    runtimes = Set.copyOf(runtimes);
  }
}
