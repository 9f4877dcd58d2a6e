/**
 * How many invocations run at once, of each function and on the node: {@link
 * dev.kiln.gateway.admission.Admission} is the one owner of these counts, and of the bounded queue
 * of those that wait for their turn. Nothing is null.
 */
@NullMarked
package dev.kiln.gateway.admission;

import org.jspecify.annotations.NullMarked;
