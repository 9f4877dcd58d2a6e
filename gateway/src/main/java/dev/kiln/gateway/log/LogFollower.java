package dev.kiln.gateway.log;

/** Is told of a function's lines as they come. Called by the log thread: must not block. */
@FunctionalInterface
public interface LogFollower {

  /** Takes one line. */
  void line(LogLine line);
}
