package dev.kiln.image;

/** The media types that Kiln writes, all of them OCI's. */
public final class MediaType {

  /** A list of manifests. */
  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";

  /** The manifest of one image. */
  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /** An image's configuration. */
  public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";

  /** A layer as it is; compressed ones have {@code +gzip} or {@code +zstd} behind it. */
  public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";

  private MediaType() {}
}
