package dev.kiln.gateway.problem;

import java.util.Collection;
import java.util.TreeSet;

/**
 * One thing wrong with a request.
 *
 * @param parameter what it is about, as the caller wrote it
 * @param message what would be right, as a sentence
 */
public record Violation(String parameter, String message) {

  /** Says that there is no {@code parameter}, and which there are. */
  public static Violation unknown(String parameter, Collection<String> known) {
    return new Violation(
        parameter,
        known.isEmpty()
            ? "is not a parameter here; there are none"
            : "is not a parameter here; there are " + String.join(", ", new TreeSet<>(known)));
  }
}
