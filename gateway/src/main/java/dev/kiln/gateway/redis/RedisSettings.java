package dev.kiln.gateway.redis;

import java.time.Duration;
import java.util.Optional;

/**
 * Where Redis is.
 *
 * @param url {@code redis-socket:///path}, {@code redis://host:port}, {@code rediss://…} or {@code
 *     redis-sentinel://…}
 * @param user the ACL user, unless the url names one
 * @param password its password; a user without one takes any
 * @param timeout how long one command may take
 */
public record RedisSettings(
    String url, Optional<String> user, Optional<String> password, Duration timeout) {}
