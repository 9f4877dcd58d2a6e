/**
 * What the engine and its callers say to each other about one call: the invocation, its deadline,
 * its answer or failure. Nothing here knows how a sandbox is spoken to. Nothing is null.
 */
@NullMarked
package dev.kiln.contract;

import org.jspecify.annotations.NullMarked;
