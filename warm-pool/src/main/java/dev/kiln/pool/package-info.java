/**
 * The sandboxes that are ready before they are asked for, and who may use which: {@link
 * dev.kiln.pool.Pool} leases one for an invocation from the first of warm, prewarmed, forked, cold
 * that has one. Nothing is null.
 */
@NullMarked
package dev.kiln.pool;

import org.jspecify.annotations.NullMarked;
