/**
 * Linux system calls, typed: the only package that uses jnr-ffi. Failures carry the step, the
 * object and the errno; calls on hot paths allocate nothing. Nothing is null.
 */
@NullMarked
package dev.kiln.linux;

import org.jspecify.annotations.NullMarked;
