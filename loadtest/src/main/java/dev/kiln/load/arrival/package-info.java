/**
 * When calls are due. A schedule is fixed before the first call is sent and does not look at
 * answers: that is what makes a generator open-loop. Nothing is null.
 */
@NullMarked
package dev.kiln.load.arrival;

import org.jspecify.annotations.NullMarked;
