/**
 * Layers in, one flattened root out: {@link dev.kiln.image.unpack.LayerChain} applies an image's
 * layers one over the other as the OCI image specification says, with every link resolved as if the
 * new root were {@code /}. It runs without privilege, so owners, set-id bits, devices and extended
 * attributes do not come along. Nothing is null.
 */
@NullMarked
package dev.kiln.image.unpack;

import org.jspecify.annotations.NullMarked;
