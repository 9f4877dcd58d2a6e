package dev.kiln.log;

import java.util.Optional;

/**
 * Takes the lines that functions print. Called by the log thread or an event loop; must not block.
 */
@FunctionalInterface
public interface LogSink {

  /** Which of a process's two outputs a line came from. */
  enum Stream {
    STDOUT,
    STDERR
  }

  /**
   * Takes one line.
   *
   * @param function the version's key, see {@code Version.key}
   * @param requestId the invocation during which it was read, or empty outside of one
   * @param line UTF-8 without the line feed, at most 64 KiB; malformed bytes replaced
   * @param droppedBefore bytes that were dropped before this line because of the rate limit
   */
  void line(
      String function, Optional<String> requestId, Stream stream, String line, long droppedBefore);
}
