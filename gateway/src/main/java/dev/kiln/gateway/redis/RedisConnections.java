package dev.kiln.gateway.redis;

import dev.kiln.gateway.function.StoreUnavailableException;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.StaticCredentialsProvider;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections to Redis. One is shared by all commands, one by transactions, which have the
 * connection for themselves while they last, one listens. A command fails at once while its
 * connection is away, instead of queueing; a connection that was lost is made again after 10 ms to
 * 1 s.
 */
final class RedisConnections implements AutoCloseable {

  private static final Duration RECONNECT_FIRST = Duration.ofMillis(10);
  private static final Duration RECONNECT_LAST = Duration.ofSeconds(1);

  /** Lettuce's least; Redis is on no call's path. */
  private static final int THREADS = 2;

  private final ClientResources resources;
  private final RedisClient client;
  private volatile @Nullable StatefulRedisConnection<String, String> shared;
  private @Nullable StatefulRedisConnection<String, String> transactions;

  RedisConnections(RedisSettings settings) {
    resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS)
            .reconnectDelay(
                Delay.exponential(RECONNECT_FIRST, RECONNECT_LAST, 2, TimeUnit.MILLISECONDS))
            .build();
    client = RedisClient.create(resources, uri(settings));
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .timeoutOptions(TimeoutOptions.enabled(settings.timeout()))
            .socketOptions(SocketOptions.builder().connectTimeout(settings.timeout()).build())
            .build());
  }

  private static RedisURI uri(RedisSettings settings) {
    RedisURI uri = RedisURI.create(settings.url());
    uri.setTimeout(settings.timeout());
    settings
        .user()
        .ifPresent(
            user ->
                uri.setCredentialsProvider(
                    new StaticCredentialsProvider(
                        user, settings.password().orElse(user).toCharArray())));
    return uri;
  }

  /** Returns the connection for single commands. */
  synchronized StatefulRedisConnection<String, String> shared() {
    if (shared == null) {
      shared = client.connect();
    }
    return shared;
  }

  /** Returns a new connection that listens. */
  StatefulRedisPubSubConnection<String, String> listening() {
    return client.connectPubSub();
  }

  /**
   * Runs {@code work} on a connection that nobody else uses meanwhile. After a failure the
   * connection is not used again.
   */
  synchronized <T> T exclusively(
      java.util.function.Function<StatefulRedisConnection<String, String>, T> work) {
    if (transactions == null) {
      transactions = client.connect();
    }
    try {
      return work.apply(transactions);
    } catch (RedisException e) {
      transactions.closeAsync();
      transactions = null;
      throw e;
    }
  }

  /** Runs {@code work}; {@code step} names it where Redis cannot be reached. */
  static <T> T reaching(String step, Supplier<T> work) {
    try {
      return work.get();
    } catch (RedisException e) {
      throw new StoreUnavailableException(step + ": Redis cannot be reached", e);
    }
  }

  boolean isOpen() {
    StatefulRedisConnection<String, String> connection = shared;
    return connection != null && connection.isOpen();
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, RECONNECT_LAST);
    resources.shutdown(0, RECONNECT_LAST.toMillis(), TimeUnit.MILLISECONDS);
  }
}
