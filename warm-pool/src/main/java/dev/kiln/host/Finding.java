package dev.kiln.host;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * One thing that was examined.
 *
 * @param name what it is, one word
 * @param detail what was found; where it is not {@link State#OK}, what follows and how to mend it
 */
record Finding(String name, State state, String detail) {

  /** Whether Kiln has what it needs. */
  enum State {
    OK,
    /** Kiln runs, with less than it can give. */
    DEGRADED,
    /** Kiln does not run. */
    MISSING;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int PARTS = 3;

  static Finding ok(String name, String detail) {
    return new Finding(name, State.OK, detail);
  }

  static Finding missing(String name, String detail) {
    return new Finding(name, State.MISSING, detail);
  }

  /** Reads a line of {@code launcher --doctor}: name, state and detail; empty where it is none. */
  static Optional<Finding> parse(String line) {
    String[] parts = line.split(" ", PARTS);
    if (parts.length < PARTS) {
      return Optional.empty();
    }
    return Arrays.stream(State.values())
        .filter(state -> state.label().equals(parts[1]))
        .map(state -> new Finding(parts[0], state, parts[2]))
        .findFirst();
  }
}
