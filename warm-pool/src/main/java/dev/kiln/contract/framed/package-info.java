/**
 * The framed contract (docs/framed.md): frames over the stream socket that a sandbox was born with,
 * and the conversation that they make. Knows nothing of pools, slots or exit codes. Nothing is
 * null.
 */
@NullMarked
package dev.kiln.contract.framed;

import org.jspecify.annotations.NullMarked;
