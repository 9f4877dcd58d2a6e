package dev.kiln.gateway.admission;

import java.util.ArrayDeque;

/**
 * One function's share of {@link Admission}, guarded by its lock. Exists only while something runs
 * or waits.
 */
final class Gate {

  final Object function;
  final ArrayDeque<Ticket> waiting = new ArrayDeque<>();
  int limit;
  int running;

  /**
   * Whether the gate stands in the line of those whose next ticket only the node's limit holds
   * back.
   */
  boolean inLine;

  Gate(Object function) {
    this.function = function;
  }

  boolean hasRoom() {
    return running < limit;
  }

  boolean isUnused() {
    return running == 0 && waiting.isEmpty();
  }
}
