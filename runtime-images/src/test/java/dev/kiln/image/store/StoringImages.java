package dev.kiln.image.store;

import dev.kiln.image.Descriptor;
import dev.kiln.image.Digest;
import dev.kiln.image.Image;
import dev.kiln.image.ImageConfig;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.Manifest;
import dev.kiln.image.TestingImage;
import java.io.IOException;

/** Adds testing images to a store without an archive. */
final class StoringImages {

  private StoringImages() {}

  static StoredImage add(ImageStore store, TestingImage testing)
      throws ImageRefusedException, IOException {
    Descriptor descriptor = testing.ociManifest(false);
    try (Staging staging = store.stage()) {
      for (byte[] blob : testing.files.values()) {
        staging.receive(out -> out.write(blob));
      }
      Manifest manifest = Manifest.read(blob(testing, descriptor.digest()));
      ImageConfig config = ImageConfig.read(blob(testing, manifest.config().digest()));
      return store.add(Image.of(descriptor, manifest, config), staging);
    }
  }

  private static byte[] blob(TestingImage testing, Digest digest) {
    return testing.files.get("blobs/sha256/" + digest);
  }
}
