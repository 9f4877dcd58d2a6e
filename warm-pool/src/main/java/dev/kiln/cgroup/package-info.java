/**
 * Limits of sandboxes: memory, CPU, processes, and freezing, written to the slots' control groups
 * through files that stay open. One interface, two drivers: the unified tree, and v1 hierarchies
 * with freezing in the unified tree. Nothing is null.
 */
@NullMarked
package dev.kiln.cgroup;

import org.jspecify.annotations.NullMarked;
