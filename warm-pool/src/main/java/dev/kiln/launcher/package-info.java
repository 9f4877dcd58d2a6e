/**
 * The engine's side of the conversation with the launcher, the one privileged process: fixed-size
 * messages over a socket, descriptors of new sandboxes coming up. {@code messages.h} is the other
 * half of the table. Nothing is null.
 */
@NullMarked
package dev.kiln.launcher;

import org.jspecify.annotations.NullMarked;
