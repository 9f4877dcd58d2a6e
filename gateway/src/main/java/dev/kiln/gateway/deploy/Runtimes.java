package dev.kiln.gateway.deploy;

import dev.kiln.image.Digest;
import dev.kiln.image.build.BuiltImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The runtimes of this node, and what is known of their images. */
public final class Runtimes {

  private final Map<String, Optional<BuiltImage>> images;

  private Runtimes(Map<String, Optional<BuiltImage>> images) {
    this.images = images;
  }

  /**
   * Reads {@code <directory>/<name>/image.json} for each name; one that is not there is not known.
   */
  public static Runtimes read(List<String> names, Path directory) throws IOException {
    Map<String, Optional<BuiltImage>> images = new LinkedHashMap<>();
    for (String name : names) {
      images.put(name, BuiltImage.read(directory.resolve(name)));
    }
    return new Runtimes(images);
  }

  /** Returns the names, in the configured order. */
  public List<String> names() {
    return List.copyOf(images.keySet());
  }

  /** Returns what is known of the image of {@code name}. */
  public Optional<BuiltImage> image(String name) {
    return images.getOrDefault(name, Optional.empty());
  }

  /** Returns the digests of the images that are known. */
  Map<String, Digest> digests() {
    return images.entrySet().stream()
        .filter(image -> image.getValue().isPresent())
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, image -> Digest.ofHex(image.getValue().get().digest())));
  }
}
