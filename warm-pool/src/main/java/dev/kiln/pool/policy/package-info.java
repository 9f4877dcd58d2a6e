/**
 * What the pool decides, as plain code: how many stems, how quickly they are made, which idle
 * sandbox goes first and which is frozen. The time is an argument, so that all of it can be
 * simulated. Nothing here is thread-safe, and nothing is null.
 */
@NullMarked
package dev.kiln.pool.policy;

import org.jspecify.annotations.NullMarked;
