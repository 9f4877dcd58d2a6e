package dev.kiln.image;

import java.util.ArrayList;
import java.util.List;

/**
 * One image of a Docker archive, an entry of its {@code manifest.json}.
 *
 * @param config name of the configuration in the archive
 * @param layers names of the layers in the archive, the lowest first
 * @see <a href="https://github.com/moby/docker-image-spec/blob/main/v1.2.md">Docker image
 *     specification v1.2, combined image JSON and filesystem changeset format</a>
 */
public record DockerManifest(String config, List<String> layers) {

  /** Copies. */
  public DockerManifest {
    layers = List.copyOf(layers);
  }

  /** Reads {@code manifest.json}: the images of an archive. */
  public static List<DockerManifest> readAll(byte[] json) throws ImageRefusedException {
    List<DockerManifest> images = new ArrayList<>();
    for (JsonDocument image : JsonDocument.readArray("manifest.json", json)) {
      images.add(new DockerManifest(image.text("Config"), image.texts("Layers")));
    }
    return images;
  }
}
