package dev.kiln.gateway.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** The last lines of one function and those who follow it. Thread-safe. */
final class FunctionLog {

  private final ArrayDeque<LogLine> lines = new ArrayDeque<>();
  private final List<LogFollower> followers = new ArrayList<>();
  private long sequence;
  private long held;
  private long droppedLines;
  private boolean closed;

  /**
   * Adds the line that {@code numbered} makes of its number, and returns by how many bytes the ring
   * grew. Nothing is added to a closed log.
   */
  synchronized long add(LongFunction<LogLine> numbered, long limit) {
    if (closed) {
      return 0;
    }
    long before = held;
    LogLine line = numbered.apply(++sequence);
    lines.add(line);
    held += line.heldBytes();
    while (held > limit && lines.size() > 1) {
      dropOldest();
    }
    followers.forEach(LogFollower::more);
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

  /** Drops everything for good, and returns how many bytes that frees. */
  synchronized long close() {
    closed = true;
    long freed = held;
    lines.clear();
    held = 0;
    followers.forEach(LogFollower::ended);
    followers.clear();
    return freed;
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

  /** Returns the number of the last line that was added, 0 before there was one. */
  synchronized long lastNumber() {
    return sequence;
  }

  /** Returns the first {@code most} lines after number {@code after}, oldest first. */
  synchronized List<LogLine> lines(long after, int most) {
    return lines.stream().dropWhile(line -> line.sequence() <= after).limit(most).toList();
  }

  synchronized void follow(LogFollower follower) {
    if (closed) {
      follower.ended();
    } else {
      followers.add(follower);
    }
  }

  synchronized void unfollow(LogFollower follower) {
    followers.remove(follower);
  }
}
