/**
 * The gateway: what it is configured by, what it consists of, in which order it starts and stops.
 * Nothing is null.
 */
@NullMarked
package dev.kiln.gateway;

import org.jspecify.annotations.NullMarked;
