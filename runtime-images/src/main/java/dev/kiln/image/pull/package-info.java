/**
 * Images from elsewhere: {@link dev.kiln.image.pull.ImageImporter} takes an archive as {@code
 * docker save} or {@code skopeo copy} writes it and puts the image into the store, or refuses it.
 * Nothing is null.
 */
@NullMarked
package dev.kiln.image.pull;

import org.jspecify.annotations.NullMarked;
