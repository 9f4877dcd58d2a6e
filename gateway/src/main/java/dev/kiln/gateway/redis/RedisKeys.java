package dev.kiln.gateway.redis;

import dev.kiln.gateway.function.FunctionId;

/**
 * Every key and channel that Kiln uses. All of an account carry it in braces, so that a cluster
 * keeps them in one slot and one transaction may change them together.
 */
final class RedisKeys {

  private final String prefix;

  RedisKeys(String account) {
    this.prefix = "kiln:{" + account + "}:";
  }

  /** String: a function's JSON. */
  String function(FunctionId id) {
    return prefix + "function:" + id.name();
  }

  /** Set: the names of all functions. */
  String functions() {
    return prefix + "functions";
  }

  /** Counter: how many changes there were. */
  String epoch() {
    return prefix + "epoch";
  }

  /** Channel: one message a change, {@code <change's key> <account>/<name>}. */
  String changes() {
    return prefix + "changes";
  }

  /** Set: the nodes that may be alive. */
  String nodes() {
    return prefix + "nodes";
  }

  /** String that expires unless the node lives: the epoch up to which it has loaded everything. */
  String node(String node) {
    return prefix + "node:" + node;
  }

  /** Set that expires: the nodes that follow a change. */
  String acknowledgements(String change) {
    return prefix + "acknowledged:" + change;
  }
}
