/**
 * The bare Quarkus REST echo: what the HTTP server costs without anything of Kiln's behind it.
 * Benchmarks state warm calls as a ratio to it, measured in the same run. Nothing is null.
 */
@NullMarked
package dev.kiln.load.echo;

import org.jspecify.annotations.NullMarked;
