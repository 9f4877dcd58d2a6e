/** Child processes that a benchmark starts, and that never outlive it. Nothing is null. */
@NullMarked
package dev.kiln.load.process;

import org.jspecify.annotations.NullMarked;
