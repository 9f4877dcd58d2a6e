/**
 * What is measured: one class for each figure that Kiln promises, each with its own preparation,
 * goal and doubts. Nothing is null.
 */
@NullMarked
package dev.kiln.load.scenario;

import org.jspecify.annotations.NullMarked;
