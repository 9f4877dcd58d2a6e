package dev.kiln.gateway.log;

/** Follows the log of one function. Is told under the log's lock, on any thread; must not block. */
public interface LogFollower {

  /** There are new lines to be fetched; need not be told once for each. */
  void more();

  /** There will be no more: the function is gone. */
  void ended();
}
