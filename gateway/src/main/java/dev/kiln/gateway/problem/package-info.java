/**
 * What goes wrong, as callers are told it: each problem has a stable code, a class, a sentence and
 * a remedy. Knows no HTTP but the status; the front doors give it their own shapes. Nothing is
 * null.
 */
@NullMarked
package dev.kiln.gateway.problem;

import org.jspecify.annotations.NullMarked;
