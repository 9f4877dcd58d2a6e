package dev.kiln.gateway.redis;

import dev.kiln.gateway.function.FunctionStore.Change;
import dev.kiln.gateway.function.StoreUnavailableException;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The nodes that share one Redis, and which changes each follows. A node lives as long as its key
 * does, which expires by Redis' clock. It follows a change once it has said so, or once it has
 * loaded everything as of a later epoch.
 */
final class Nodes {

  /** How often a node says that it lives. */
  static final Duration HEARTBEAT = Duration.ofSeconds(2);

  private static final Duration LIFE = Duration.ofSeconds(7);
  private static final Duration ACKNOWLEDGEMENTS_KEPT = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final RedisKeys keys;
  private final String self = UUID.randomUUID().toString();
  private volatile long loaded = -1;

  Nodes(RedisKeys keys) {
    this.keys = keys;
  }

  /** Returns a key for a change that this node makes. */
  String newChangeKey() {
    return self + "/" + UUID.randomUUID();
  }

  /** Returns whether this node made the change called {@code changeKey}. */
  boolean isOwn(String changeKey) {
    return changeKey.startsWith(self);
  }

  /** Says that this node lives and has loaded everything as of {@code epoch}. */
  void loaded(RedisCommands<String, String> redis, long epoch) {
    loaded = epoch;
    heartbeat(redis);
  }

  /** Says that this node lives, once it has loaded anything. */
  void heartbeat(RedisCommands<String, String> redis) {
    if (loaded >= 0) {
      redis.psetex(keys.node(self), LIFE.toMillis(), Long.toString(loaded));
      redis.sadd(keys.nodes(), self);
    }
  }

  void acknowledge(RedisCommands<String, String> redis, Change change) {
    String key = keys.acknowledgements(change.key());
    redis.sadd(key, self);
    redis.expire(key, ACKNOWLEDGEMENTS_KEPT);
  }

  /** Waits until all living nodes follow {@code change}. */
  void await(RedisCommands<String, String> redis, Change change) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Set<String> missing = missing(redis, change);
    while (!missing.isEmpty()) {
      if (System.nanoTime() - deadline > 0) {
        throw new StoreUnavailableException(
            "await nodes: not acknowledged by " + missing, new IllegalStateException());
      }
      pause();
      missing = missing(redis, change);
    }
  }

  void leave(RedisCommands<String, String> redis) {
    redis.del(keys.node(self));
    redis.srem(keys.nodes(), self);
  }

  private Set<String> missing(RedisCommands<String, String> redis, Change change) {
    List<String> others =
        redis.smembers(keys.nodes()).stream().filter(node -> !node.equals(self)).toList();
    if (others.isEmpty()) {
      return Set.of();
    }
    Set<String> acknowledged = redis.smembers(keys.acknowledgements(change.key()));
    return others.stream()
        .filter(node -> !acknowledged.contains(node))
        .filter(node -> isBehind(redis, node, change.epoch()))
        .collect(Collectors.toSet());
  }

  private boolean isBehind(RedisCommands<String, String> redis, String node, long epoch) {
    String loadedThere = redis.get(keys.node(node));
    if (loadedThere == null) {
      redis.srem(keys.nodes(), node);
      return false;
    }
    return Long.parseLong(loadedThere) < epoch;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("await nodes: interrupted", e);
    }
  }
}
