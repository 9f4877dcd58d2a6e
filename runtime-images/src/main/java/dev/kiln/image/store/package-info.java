/**
 * Images on disk, in an OCI layout: {@link dev.kiln.image.store.ImageStore} keeps each blob once,
 * named by its digest, and each chain of layers as one unpacked root. What has a name is complete;
 * a crash at any point leaves only what opening removes. Nothing is null.
 */
@NullMarked
package dev.kiln.image.store;

import org.jspecify.annotations.NullMarked;
