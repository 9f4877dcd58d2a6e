package dev.kiln.image;

/**
 * What a descriptor's media type says its content is. OCI's and Docker's names for one thing are
 * the same here.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/media-types.md">OCI image
 *     specification, media types and their compatibility</a>
 */
public enum ContentKind {
  /** A list of manifests, one for each platform. */
  INDEX,
  /** The manifest of one image. */
  MANIFEST,
  /** An image's configuration. */
  CONFIG,
  /** A layer; how it is compressed is seen from its content. */
  LAYER,
  /** A layer that may not be distributed and is fetched from elsewhere. */
  FOREIGN_LAYER,
  /** Anything else. */
  OTHER;

  /** Returns the kind of content with the media type {@code mediaType}. */
  public static ContentKind of(String mediaType) {
    return switch (mediaType) {
      case MediaType.OCI_INDEX, "application/vnd.docker.distribution.manifest.list.v2+json" ->
          INDEX;
      case MediaType.OCI_MANIFEST, "application/vnd.docker.distribution.manifest.v2+json" ->
          MANIFEST;
      case MediaType.OCI_CONFIG, "application/vnd.docker.container.image.v1+json" -> CONFIG;
      case MediaType.OCI_LAYER,
          MediaType.OCI_LAYER + "+gzip",
          MediaType.OCI_LAYER + "+zstd",
          "application/vnd.docker.image.rootfs.diff.tar",
          "application/vnd.docker.image.rootfs.diff.tar.gzip",
          "application/vnd.docker.image.rootfs.diff.tar.zstd" ->
          LAYER;
      case "application/vnd.oci.image.layer.nondistributable.v1.tar",
          "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
          "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
          "application/vnd.docker.image.rootfs.foreign.diff.tar",
          "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" ->
          FOREIGN_LAYER;
      default -> OTHER;
    };
  }
}
