/**
 * One sandbox's life: its states, the descriptors that make it its owner's, and its end; and the
 * slots that sandboxes are forked into. Who may use which is the pool's business. Nothing is null.
 */
@NullMarked
package dev.kiln.sandbox;

import org.jspecify.annotations.NullMarked;
