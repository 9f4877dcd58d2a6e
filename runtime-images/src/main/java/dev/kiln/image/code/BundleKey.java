package dev.kiln.image.code;

import dev.kiln.image.Digest;

/**
 * What a compiled bundle depends on: compiled again where any of it differs.
 *
 * @param code digest of the code tree
 * @param image digest of the runtime's image, whose interpreter compiled it
 * @param handler the handler, such as {@code app.handler}
 */
public record BundleKey(Digest code, Digest image, String handler) {

  /** Returns the bundle's file name: the code's digest, a hyphen, and the digest of the rest. */
  String fileName() {
    return code.hex() + "-" + Digest.ofContent(image.hex() + "\0" + handler).hex();
  }
}
