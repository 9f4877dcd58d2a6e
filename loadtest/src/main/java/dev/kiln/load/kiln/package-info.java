/**
 * Kiln as it is seen from outside: its HTTP interface, and the start and stop of an instance with
 * settings that a benchmark needs. Nothing here uses Kiln's code. Nothing is null.
 */
@NullMarked
package dev.kiln.load.kiln;

import org.jspecify.annotations.NullMarked;
