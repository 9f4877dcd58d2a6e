package dev.kiln.image.pull;

import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.Platform;
import dev.kiln.image.PrintableName;

/** What is refused of OCI and Docker archives alike. */
final class Refusals {

  private Refusals() {}

  static ImageRefusedException noImage() {
    return ImageRefusedException.ofImage(ImageRefusal.NOT_AN_IMAGE, "The archive holds no image");
  }

  static ImageRefusedException noLayers() {
    return ImageRefusedException.ofImage(ImageRefusal.NO_LAYERS, "The image has no layer");
  }

  static ImageRefusedException severalImages(int images) {
    return ImageRefusedException.ofImage(
        ImageRefusal.SEVERAL_IMAGES, "The archive holds " + images + " images");
  }

  /** {@code made} is what the image is made for, as its sender writes it. */
  static ImageRefusedException wrongPlatform(String made, Platform platform) {
    return ImageRefusedException.ofImage(
        ImageRefusal.PLATFORM,
        "The image is made for " + PrintableName.of(made) + ", but this machine is " + platform);
  }
}
