package dev.kiln.gateway.rest;

import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.gateway.problem.Violation;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Set;

/** Checks the query of a request that has few parameters or none. */
final class QueryParameters {

  private QueryParameters() {}

  /** Refuses every parameter but {@code allowed}. */
  static void allowOnly(UriInfo uri, Set<String> allowed) {
    List<Violation> violations =
        uri.getQueryParameters().keySet().stream()
            .filter(name -> !allowed.contains(name))
            .map(name -> Violation.unknown(name, allowed))
            .toList();
    if (!violations.isEmpty()) {
      throw ProblemException.ofViolations(violations);
    }
  }

  /**
   * Returns whether {@code name} is {@code true}; refuses what is neither that nor {@code false}.
   */
  static boolean isTrue(UriInfo uri, String name) {
    String value = uri.getQueryParameters().getFirst(name);
    if (value != null && !value.equals("true") && !value.equals("false")) {
      throw ProblemException.ofViolations(List.of(new Violation(name, "must be true or false")));
    }
    return "true".equals(value);
  }
}
