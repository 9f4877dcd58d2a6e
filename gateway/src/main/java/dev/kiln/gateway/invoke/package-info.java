/**
 * How a call reaches a function: {@link dev.kiln.gateway.invoke.InvocationPath} is the straight
 * list of steps, {@link dev.kiln.gateway.invoke.LiveFunctions} what this node serves at the moment.
 * Everything here runs on event loops and never blocks, but for changes of functions. Nothing is
 * null.
 */
@NullMarked
package dev.kiln.gateway.invoke;

import org.jspecify.annotations.NullMarked;
