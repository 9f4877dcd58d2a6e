package dev.kiln.gateway.log;

import dev.kiln.gateway.function.FunctionId;
import dev.kiln.log.LogSink;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all functions printed lately, in memory. Each function has a ring of its own, whose oldest
 * lines go first; where all together are too large, the largest ring loses its older half. There
 * are rings for the functions that there are: what a sandbox prints when its function is removed
 * already is dropped.
 */
public final class FunctionLogs implements LogSink {

  private final long bytesPerFunction;
  private final long bytes;
  private final Map<FunctionId, FunctionLog> logs = new ConcurrentHashMap<>();
  private final AtomicLong held = new AtomicLong();
  private final LongAdder rateDroppedBytes = new LongAdder();
  private final LongAdder lines = new LongAdder();

  /** Creates it, empty. */
  public FunctionLogs(long bytesPerFunction, long bytes) {
    this.bytesPerFunction = bytesPerFunction;
    this.bytes = bytes;
  }

  @Override
  public void line(
      String function, Optional<String> requestId, Stream stream, String line, long droppedBefore) {
    int colon = function.indexOf(':');
    if (colon < 0) {
      return; // a compilation: what it prints is in its warnings
    }
    FunctionLog log = logs.get(FunctionId.parse(function.substring(0, colon)));
    if (log == null) {
      return;
    }
    String version = versionOf(function, colon);
    long grown =
        log.add(
            number ->
                new LogLine(number, Instant.now(), requestId, version, stream, line, droppedBefore),
            bytesPerFunction);
    lines.increment();
    rateDroppedBytes.add(droppedBefore);
    if (held.addAndGet(grown) > bytes) {
      shrinkLargest();
    }
  }

  private static String versionOf(String key, int colon) {
    int at = key.indexOf('@', colon);
    return key.substring(colon + 1, at < 0 ? key.length() : at);
  }

  private void shrinkLargest() {
    logs.values().stream()
        .max(Comparator.comparingLong(FunctionLog::held))
        .ifPresent(log -> held.addAndGet(-log.halve()));
  }

  /**
   * Returns the first {@code most} lines of {@code id} after number {@code after}, oldest first.
   */
  public List<LogLine> lines(FunctionId id, long after, int most) {
    FunctionLog log = logs.get(id);
    return log == null ? List.of() : log.lines(after, most);
  }

  /** Returns the number of the last line of {@code id}, 0 before there was one. */
  public long lastNumber(FunctionId id) {
    FunctionLog log = logs.get(id);
    return log == null ? 0 : log.lastNumber();
  }

  /**
   * Tells {@code follower} from now on that there are new lines of {@code id}, or at once that
   * there will be none.
   */
  public void follow(FunctionId id, LogFollower follower) {
    FunctionLog log = logs.get(id);
    if (log == null) {
      follower.ended();
    } else {
      log.follow(follower);
    }
  }

  /** Tells {@code follower} no more. */
  public void unfollow(FunctionId id, LogFollower follower) {
    FunctionLog log = logs.get(id);
    if (log != null) {
      log.unfollow(follower);
    }
  }

  /** Returns how many lines of {@code id} were dropped because its ring was full. */
  public long droppedLines(FunctionId id) {
    FunctionLog log = logs.get(id);
    return log == null ? 0 : log.droppedLines();
  }

  /**
   * Takes the lines of a function from now on, until it is forgotten; more than once is harmless.
   */
  public void begin(FunctionId id) {
    logs.computeIfAbsent(id, absent -> new FunctionLog());
  }

  /** Forgets the lines of a function that is no more, and ends those who follow it. */
  public void forget(FunctionId id) {
    FunctionLog log = logs.remove(id);
    if (log != null) {
      held.addAndGet(-log.close());
    }
  }

  /** Returns about how many bytes all lines take. */
  public long heldBytes() {
    return held.get();
  }

  /** Returns how many lines were taken. */
  public long lineCount() {
    return lines.sum();
  }

  /** Returns how many bytes functions printed beyond their rate, and which were dropped. */
  public long rateDroppedBytes() {
    return rateDroppedBytes.sum();
  }
}
