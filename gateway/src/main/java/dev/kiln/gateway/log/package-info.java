/**
 * What functions printed lately: a ring of lines for each function, bounded for each and for the
 * node, and those who follow it. Nothing is null.
 */
@NullMarked
package dev.kiln.gateway.log;

import org.jspecify.annotations.NullMarked;
