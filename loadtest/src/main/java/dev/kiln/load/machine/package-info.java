/**
 * What the machine says of itself and of the processes on it, read from {@code /proc} and {@code
 * /sys}. Figures without the machine that they were taken on mean little. Nothing is null.
 */
@NullMarked
package dev.kiln.load.machine;

import org.jspecify.annotations.NullMarked;
