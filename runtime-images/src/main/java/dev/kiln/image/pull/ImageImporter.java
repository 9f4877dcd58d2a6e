package dev.kiln.image.pull;

import dev.kiln.image.Image;
import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.Platform;
import dev.kiln.image.store.ImageStore;
import dev.kiln.image.store.Staging;
import dev.kiln.image.store.StoredImage;
import java.io.IOException;
import java.io.InputStream;

/**
 * Imports an image: receive the archive → find the image in it → check what it is for → unpack and
 * store. Thread-safe.
 */
public final class ImageImporter {

  private final ImageStore store;
  private final ImageLimits limits;
  private final Platform platform;

  /** Imports images for {@code platform} into {@code store}. */
  public ImageImporter(ImageStore store, ImageLimits limits, Platform platform) {
    this.store = store;
    this.limits = limits;
    this.platform = platform;
  }

  /**
   * Imports the image of an OCI archive (a tar of an OCI layout) or a Docker archive, plain or
   * compressed as a whole. An archive that is both is read as OCI's. {@code archive} is read once,
   * never held in memory, and stays open.
   *
   * @return the image, held until it is closed
   * @throws ImageRefusedException where the image breaks a rule: the sender's fault; the store is
   *     as it was before
   * @throws IOException where {@code archive} cannot be read or the store cannot be written
   */
  public StoredImage importArchive(InputStream archive) throws ImageRefusedException, IOException {
    try (Staging staging = store.stage()) {
      ReceivedArchive received = ReceivedArchive.receive(archive, staging, limits);
      Image image =
          OciArchive.isOne(received)
              ? OciArchive.image(received, platform)
              : DockerArchive.image(received, staging);
      check(image);
      return store.add(image, staging);
    }
  }

  private void check(Image image) throws ImageRefusedException {
    Platform made = image.config().platform();
    if (!made.equals(platform)) {
      throw Refusals.wrongPlatform(made.toString(), platform);
    }
    if (image.manifest().layers().size() > limits.layers()) {
      throw ImageRefusedException.ofImage(
          ImageRefusal.TOO_MANY_LAYERS, "The image has more than " + limits.layers() + " layers");
    }
  }
}
