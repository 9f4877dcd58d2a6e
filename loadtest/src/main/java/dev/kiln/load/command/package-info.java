/** The command line. Nothing is null. */
@NullMarked
package dev.kiln.load.command;

import org.jspecify.annotations.NullMarked;
