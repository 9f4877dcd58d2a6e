/**
 * Percentiles, and what may be said when two systems were measured in turns: ratios with confidence
 * intervals. Nothing is null.
 */
@NullMarked
package dev.kiln.load.statistics;

import org.jspecify.annotations.NullMarked;
