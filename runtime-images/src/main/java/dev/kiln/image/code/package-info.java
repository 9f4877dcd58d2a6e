/**
 * Finished code trees and compiled bundles on disk, named by what they contain: {@link
 * dev.kiln.image.code.CodeStore} and {@link dev.kiln.image.code.BundleStore}. What has a name is
 * complete; a crash at any point leaves only temporary files, which opening removes. Nothing is
 * null.
 */
@NullMarked
package dev.kiln.image.code;

import org.jspecify.annotations.NullMarked;
