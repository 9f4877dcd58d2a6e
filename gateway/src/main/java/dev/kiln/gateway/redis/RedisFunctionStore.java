package dev.kiln.gateway.redis;

import dev.kiln.gateway.function.Function;
import dev.kiln.gateway.function.FunctionConflictException;
import dev.kiln.gateway.function.FunctionId;
import dev.kiln.gateway.function.FunctionName;
import dev.kiln.gateway.function.FunctionStore;
import dev.kiln.gateway.function.StoreUnavailableException;
import io.lettuce.core.KeyValue;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Functions in Redis, each as one JSON string. A change is one transaction: it stores the function,
 * counts the epoch and publishes a message. Publish and subscribe loses messages while a connection
 * is away, so every subscription after the first has everything loaded again. Listeners are called
 * on one thread, one after the other.
 */
public final class RedisFunctionStore implements FunctionStore {

  private static final Logger LOG = Logger.getLogger(RedisFunctionStore.class);
  private static final int LOAD_BATCH = 200;
  private static final Duration RELOAD_PAUSE = Duration.ofMillis(200);

  private final RedisConnections connections;
  private final RedisKeys keys = new RedisKeys(FunctionId.DEFAULT_ACCOUNT);
  private final FunctionCodec codec = new FunctionCodec();
  private final Nodes nodes = new Nodes(keys);
  private volatile Optional<Subscriber> subscriber = Optional.empty();
  private volatile boolean reachable = true;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "kiln-functions"));

  /** Creates it; the first command connects. */
  public RedisFunctionStore(RedisSettings settings) {
    connections = new RedisConnections(settings);
  }

  @Override
  public Collection<Function> load() {
    return RedisConnections.reaching(
        "load functions",
        () -> {
          RedisCommands<String, String> redis = connections.shared().sync();
          // Before the functions are read: a change between the two is then seen twice, never
          // missed.
          long epoch = Optional.ofNullable(redis.get(keys.epoch())).map(Long::parseLong).orElse(0L);
          List<String> names = new ArrayList<>(redis.smembers(keys.functions()));
          List<Function> functions = new ArrayList<>(names.size());
          for (int from = 0; from < names.size(); from += LOAD_BATCH) {
            functions.addAll(
                load(redis, names.subList(from, Math.min(names.size(), from + LOAD_BATCH))));
          }
          nodes.loaded(redis, epoch);
          return functions;
        });
  }

  private List<Function> load(RedisCommands<String, String> redis, List<String> names) {
    String[] wanted =
        names.stream()
            .map(FunctionName::new)
            .map(FunctionId::of)
            .map(keys::function)
            .toArray(String[]::new);
    return redis.mget(wanted).stream()
        .filter(KeyValue::hasValue)
        .map(KeyValue::getValue)
        .map(codec::decode)
        .toList();
  }

  @Override
  public Optional<Function> find(FunctionId id) {
    return RedisConnections.reaching("find function", () -> find(connections.shared().sync(), id));
  }

  private Optional<Function> find(RedisCommands<String, String> redis, FunctionId id) {
    return Optional.ofNullable(redis.get(keys.function(id))).map(codec::decode);
  }

  @Override
  public Change replace(FunctionId id, Optional<Function> expected, Optional<Function> next) {
    try {
      return RedisConnections.reaching(
          "store function",
          () -> connections.exclusively(connection -> replace(connection, id, expected, next)));
    } catch (StoreUnavailableException e) {
      // It may have had its effect, and this node does not listen to what it says itself.
      subscriber.ifPresent(Subscriber::reloadSoon);
      throw e;
    }
  }

  private Change replace(
      StatefulRedisConnection<String, String> connection,
      FunctionId id,
      Optional<Function> expected,
      Optional<Function> next) {
    RedisCommands<String, String> redis = connection.sync();
    redis.watch(keys.function(id));
    if (!find(redis, id).equals(expected)) {
      redis.unwatch();
      throw new FunctionConflictException(id);
    }
    String key = nodes.newChangeKey();
    redis.multi();
    redis.incr(keys.epoch());
    if (next.isPresent()) {
      redis.set(keys.function(id), codec.encode(next.get()));
      redis.sadd(keys.functions(), id.name().value());
    } else {
      redis.del(keys.function(id));
      redis.srem(keys.functions(), id.name().value());
    }
    redis.publish(keys.changes(), key + " " + id);
    TransactionResult result = redis.exec();
    if (result.wasDiscarded()) {
      throw new FunctionConflictException(id);
    }
    return new Change(key, result.get(0), id);
  }

  @Override
  public void acknowledge(Change change) {
    RedisConnections.reaching(
        "acknowledge change",
        () -> {
          nodes.acknowledge(connections.shared().sync(), change);
          return change;
        });
  }

  @Override
  public void awaitAcknowledged(Change change) {
    RedisConnections.reaching(
        "await nodes",
        () -> {
          nodes.await(connections.shared().sync(), change);
          return change;
        });
  }

  @Override
  public void listen(Listener listener) {
    RedisConnections.reaching(
        "subscribe to changes",
        () -> {
          StatefulRedisPubSubConnection<String, String> connection = connections.listening();
          Subscriber listening = new Subscriber(listener);
          connection.addListener(listening);
          subscriber = Optional.of(listening);
          connection.sync().subscribe(keys.changes());
          return connection;
        });
    thread.scheduleWithFixedDelay(
        this::heartbeat,
        Nodes.HEARTBEAT.toMillis(),
        Nodes.HEARTBEAT.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private void heartbeat() {
    try {
      RedisConnections.reaching(
          "heartbeat",
          () -> {
            nodes.heartbeat(connections.shared().sync());
            return keys;
          });
      reachable = true;
    } catch (StoreUnavailableException e) {
      if (reachable) {
        LOG.warn("Redis cannot be reached: calls go on, deployments are refused until it is back");
      }
      reachable = false;
    }
  }

  @Override
  public boolean isReachable() {
    return connections.isOpen();
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      RedisConnections.reaching(
          "leave",
          () -> {
            nodes.leave(connections.shared().sync());
            return keys;
          });
    } catch (StoreUnavailableException e) {
      LOG.debugf(e, "Redis is told nothing of this node's end: its key expires");
    }
    connections.close();
  }

  /** Hands what Redis says to the listener, on the store's own thread: Lettuce's must not block. */
  private final class Subscriber extends RedisPubSubAdapter<String, String> {
    private final Listener listener;
    private final AtomicBoolean first = new AtomicBoolean(true);

    Subscriber(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void subscribed(String channel, long count) {
      if (!first.getAndSet(false)) {
        LOG.info("Redis is back: loading every function again");
        submit(listener::reconnected, Duration.ZERO);
      }
    }

    @Override
    public void message(String channel, String message) {
      int space = message.indexOf(' ');
      if (space > 0 && !nodes.isOwn(message.substring(0, space))) {
        FunctionId id = FunctionId.parse(message.substring(space + 1));
        submit(
            () -> listener.changed(new Change(message.substring(0, space), 0, id)), Duration.ZERO);
      }
    }

    void reloadSoon() {
      submit(listener::reconnected, RELOAD_PAUSE);
    }

    private void submit(Runnable work, Duration delay) {
      if (!thread.isShutdown()) {
        thread.schedule(() -> follow(work), delay.toMillis(), TimeUnit.MILLISECONDS);
      }
    }

    private void follow(Runnable work) {
      try {
        work.run();
      } catch (StoreUnavailableException e) {
        LOG.debugf(e, "A change could not be read");
        reloadSoon();
      } catch (RuntimeException e) {
        LOG.error("A change of functions could not be followed", e);
      }
    }
  }
}
