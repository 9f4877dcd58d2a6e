/**
 * What functions print: read from their pipes by one thread, cut into lines, handed on with the
 * invocation's id, bounded in rate. Nothing is null.
 */
@NullMarked
package dev.kiln.log;

import org.jspecify.annotations.NullMarked;
