/**
 * Reads archives that strangers made: {@link dev.kiln.image.archive.ZipReader} turns a zip into a
 * checked list of entries before anything is written, and names what it refuses. Memory and disk
 * are bounded by {@link dev.kiln.image.archive.ArchiveLimits}. Nothing is null.
 */
@NullMarked
package dev.kiln.image.archive;

import org.jspecify.annotations.NullMarked;
