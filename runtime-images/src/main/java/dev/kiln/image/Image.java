package dev.kiln.image;

import java.util.ArrayList;
import java.util.List;

/**
 * An image: what it consists of and how it is run.
 *
 * @param descriptor names its manifest
 * @param manifest what it consists of
 * @param config how it is run; has one diffID for each layer
 */
public record Image(Descriptor descriptor, Manifest manifest, ImageConfig config) {

  /**
   * Throws {@link IllegalArgumentException} where the configuration has not one diffID for each
   * layer.
   */
  public Image {
    if (manifest.layers().size() != config.diffIds().size()) {
      throw new IllegalArgumentException("An image has one diffID for each layer");
    }
  }

  /** Returns the image, or refuses a manifest and a configuration that do not belong together. */
  public static Image of(Descriptor descriptor, Manifest manifest, ImageConfig config)
      throws ImageRefusedException {
    int layers = manifest.layers().size();
    int diffIds = config.diffIds().size();
    if (layers != diffIds) {
      throw ImageRefusedException.ofImage(
          ImageRefusal.DIFF_ID,
          "The image has " + layers + " layers, but its configuration " + diffIds + " diffIDs");
    }
    return new Image(descriptor, manifest, config);
  }

  /** Returns the digest of its manifest, by which it is found. */
  public Digest id() {
    return descriptor.digest();
  }

  /** Returns the digests of everything it consists of: manifest, configuration and layers. */
  public List<Digest> blobs() {
    List<Digest> blobs = new ArrayList<>(List.of(id(), manifest.config().digest()));
    manifest.layers().forEach(layer -> blobs.add(layer.digest()));
    return blobs;
  }
}
