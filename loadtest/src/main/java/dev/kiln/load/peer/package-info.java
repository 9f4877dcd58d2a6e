/**
 * What Kiln is compared with, measured in the same run: a bare REST echo, and {@code crun run} of
 * the same interpreter. Nothing is null.
 */
@NullMarked
package dev.kiln.load.peer;

import org.jspecify.annotations.NullMarked;
