/**
 * Reads archives that strangers made: {@link dev.kiln.image.archive.ZipReader} turns a zip with
 * code into a checked list of entries before anything is written, {@link
 * dev.kiln.image.archive.TarReader} hands out the entries of an image's tar one by one. Both name
 * what they refuse; memory and disk are bounded by {@link dev.kiln.image.archive.ArchiveLimits} and
 * {@link dev.kiln.image.ImageLimits}. Nothing is null.
 */
@NullMarked
package dev.kiln.image.archive;

import org.jspecify.annotations.NullMarked;
