/**
 * Kiln's own HTTP interface: functions, their invocation, their logs, runtimes, the pool. Nothing
 * is null.
 */
@NullMarked
package dev.kiln.gateway.rest;

import org.jspecify.annotations.NullMarked;
