/**
 * What was measured, beside what was promised: figures as records, as a table for people and as
 * JSON for machines. Nothing is null.
 */
@NullMarked
package dev.kiln.load.report;

import org.jspecify.annotations.NullMarked;
