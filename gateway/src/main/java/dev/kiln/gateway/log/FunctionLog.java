package dev.kiln.gateway.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * The last lines of one function and those who follow it. Thread-safe; followers are told in the
 * lines' order.
 */
final class FunctionLog {

  private final ArrayDeque<LogLine> lines = new ArrayDeque<>();
  private final List<LogFollower> followers = new ArrayList<>();
  private long sequence;
  private long held;
  private long droppedLines;

  /**
   * Adds the line that {@code numbered} makes of its number, and returns by how many bytes the ring
   * grew.
   */
  synchronized long add(LongFunction<LogLine> numbered, long limit) {
    long before = held;
    LogLine line = numbered.apply(++sequence);
    lines.add(line);
    held += line.heldBytes();
    while (held > limit && lines.size() > 1) {
      dropOldest();
    }
    followers.forEach(follower -> follower.line(line));
    return held - before;
  }

  /** Drops the older half, and returns how many bytes that frees. */
  synchronized long halve() {
    long before = held;
    while (held > before / 2 && !lines.isEmpty()) {
      dropOldest();
    }
    return before - held;
  }

  private void dropOldest() {
    held -= lines.remove().heldBytes();
    droppedLines++;
  }

  synchronized long held() {
    return held;
  }

  synchronized long droppedLines() {
    return droppedLines;
  }

  /** Returns the lines after number {@code after}, oldest first. */
  synchronized List<LogLine> lines(long after) {
    List<LogLine> found = new ArrayList<>();
    for (LogLine line : lines) {
      if (line.sequence() > after) {
        found.add(line);
      }
    }
    return found;
  }

  /**
   * Returns the lines after number {@code after}, and tells {@code follower} of every one that
   * comes after those.
   */
  synchronized List<LogLine> follow(LogFollower follower, long after) {
    followers.add(follower);
    return lines(after);
  }

  synchronized void unfollow(LogFollower follower) {
    followers.remove(follower);
  }
}
