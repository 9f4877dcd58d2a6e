package dev.kiln.image;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names content by what it is, its digest and its size. What Kiln does not use (annotations,
 * embedded data) is not kept.
 *
 * @param mediaType what the content is
 * @param digest SHA-256 of the content
 * @param size bytes of the content
 * @param platform what a manifest in an index is made for, where the index says so
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/descriptor.md">OCI image
 *     specification, content descriptors</a>
 */
public record Descriptor(String mediaType, Digest digest, long size, Optional<Platform> platform) {

  /** Throws {@link IllegalArgumentException} where the size is negative. */
  public Descriptor {
    if (size < 0) {
      throw new IllegalArgumentException("Content has no negative size: " + size);
    }
  }

  /** Returns the descriptor of content with a media type, digest and size. */
  public static Descriptor of(String mediaType, Digest digest, long size) {
    return new Descriptor(mediaType, digest, size, Optional.empty());
  }

  /** Returns what the content is. */
  public ContentKind kind() {
    return ContentKind.of(mediaType);
  }

  /**
   * Refuses content that is to be fetched from elsewhere: Kiln goes to no address that an image
   * names.
   */
  static Descriptor read(JsonDocument json) throws ImageRefusedException {
    Descriptor descriptor =
        new Descriptor(
            json.text("mediaType"), json.digest("digest"), json.size("size"), platform(json));
    if (descriptor.kind() == ContentKind.FOREIGN_LAYER || !json.texts("urls").isEmpty()) {
      throw ImageRefusedException.ofImage(
          ImageRefusal.FOREIGN_LAYER,
          "Blob " + descriptor.digest() + " is to be fetched from elsewhere");
    }
    return descriptor;
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("mediaType", mediaType);
    json.put("digest", digest.qualified());
    json.put("size", size);
    platform.ifPresent(made -> json.put("platform", made.json()));
    return json;
  }

  static List<Map<String, Object>> json(List<Descriptor> descriptors) {
    return descriptors.stream().map(Descriptor::json).toList();
  }

  private static Optional<Platform> platform(JsonDocument json) throws ImageRefusedException {
    Optional<JsonDocument> platform = json.object("platform");
    return platform.isEmpty()
        ? Optional.empty()
        : Optional.of(new Platform(platform.get().text("os"), platform.get().text("architecture")));
  }
}
