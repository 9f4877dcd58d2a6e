package dev.kiln.gateway.rest;

import dev.kiln.gateway.log.LogLine;
import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.gateway.problem.Violation;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which lines of a log a caller wants.
 *
 * @param follow whether those to come too
 * @param tail at most how many of those there are, the last ones
 * @param requestId only those of one call
 */
record LogQuery(boolean follow, int tail, Optional<String> requestId) {

  private static final List<String> NAMES = List.of("follow", "tail", "requestId");
  private static final int TAIL_MAX = 1_000_000;

  /** Reads a query; throws a {@link ProblemException} that names all that is wrong. */
  static LogQuery of(MultiMap parameters) {
    List<Violation> violations = new ArrayList<>();
    parameters.names().stream()
        .filter(name -> !NAMES.contains(name))
        .forEach(name -> violations.add(Violation.unknown(name, NAMES)));
    LogQuery query =
        new LogQuery(
            follow(parameters.get("follow"), violations),
            tail(parameters.get("tail"), violations),
            Optional.ofNullable(parameters.get("requestId")));
    if (!violations.isEmpty()) {
      throw ProblemException.ofViolations(violations);
    }
    return query;
  }

  private static boolean follow(@Nullable String value, List<Violation> violations) {
    if (value != null && !value.equals("true") && !value.equals("false")) {
      violations.add(new Violation("follow", "must be true or false"));
    }
    return "true".equals(value);
  }

  private static int tail(@Nullable String value, List<Violation> violations) {
    if (value == null) {
      return TAIL_MAX;
    }
    if (!value.matches("[0-9]{1,7}") || Integer.parseInt(value) > TAIL_MAX) {
      violations.add(new Violation("tail", "must be a whole number from 0 to " + TAIL_MAX));
      return 0;
    }
    return Integer.parseInt(value);
  }

  boolean wants(LogLine line) {
    return requestId.isEmpty() || requestId.equals(line.requestId());
  }

  /**
   * Returns the number of the line before the first that is wanted.
   *
   * @param lines the lines that there are after number {@code known}
   * @param known the last line that the client has, 0 if it has none
   */
  long start(List<LogLine> lines, long known) {
    List<LogLine> wanted = lines.stream().filter(this::wants).toList();
    if (wanted.size() > tail) {
      return tail == 0
          ? wanted.get(wanted.size() - 1).sequence()
          : wanted.get(wanted.size() - tail).sequence() - 1;
    }
    return known > 0 || lines.isEmpty() ? known : lines.get(0).sequence() - 1;
  }
}
