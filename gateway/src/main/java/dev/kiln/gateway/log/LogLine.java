package dev.kiln.gateway.log;

import dev.kiln.log.LogSink;
import java.time.Instant;
import java.util.Optional;

/**
 * One line that a function printed.
 *
 * @param sequence counts the function's lines from 1
 * @param time when it was read
 * @param requestId the call during which it was read, if it was one alone
 * @param version the version's number
 * @param stream which output
 * @param message the line
 * @param droppedBytes bytes that the rate limit dropped right before it
 */
public record LogLine(
    long sequence,
    Instant time,
    Optional<String> requestId,
    String version,
    LogSink.Stream stream,
    String message,
    long droppedBytes) {

  /** What a line takes beside its message: object headers, references, id and time. */
  private static final int OVERHEAD_BYTES = 160;

  private static final int MAX_NARROW = 0xff;

  /**
   * Returns about how much memory the line takes: one character beyond Latin-1 doubles them all.
   */
  int heldBytes() {
    boolean narrow = message.chars().allMatch(character -> character <= MAX_NARROW);
    return OVERHEAD_BYTES + (narrow ? 1 : 2) * message.length();
  }
}
