/**
 * Functions in Redis: {@link dev.kiln.gateway.redis.RedisFunctionStore}. The only package that
 * knows Lettuce. Nothing is null.
 */
@NullMarked
package dev.kiln.gateway.redis;

import org.jspecify.annotations.NullMarked;
