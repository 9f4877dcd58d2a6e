/**
 * Builds a runtime's root directory out of the host's own packages: a descriptor becomes a plan of
 * files, the plan is closed over the shared libraries that its programs need, and then written, the
 * same way every time. {@link dev.kiln.image.build.BuildImage} is the command. Nothing is null.
 */
@NullMarked
package dev.kiln.image.build;

import org.jspecify.annotations.NullMarked;
