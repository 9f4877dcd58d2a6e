package dev.kiln.image;

/**
 * What importing an image may cost.
 *
 * @param archiveBytes bytes of the archive that is sent, decompressed if it is compressed as a
 *     whole
 * @param archiveEntries entries of the archive that is sent
 * @param documentBytes bytes of a manifest, an index or a configuration: they are read into memory
 * @param layers layers of an image
 * @param unpackedBytes bytes of all layers together, decompressed, headers included
 * @param entries entries of all layers together, and directories that only their content names
 * @param pathBytes bytes of a path or a link's target in UTF-8
 * @param depth components of a path
 * @param ratio how many times larger than it is compressed a layer may be, beyond the first {@link
 *     #RATIO_FREE_BYTES}
 */
public record ImageLimits(
    long archiveBytes,
    int archiveEntries,
    int documentBytes,
    int layers,
    long unpackedBytes,
    int entries,
    int pathBytes,
    int depth,
    int ratio) {

  /**
   * Bytes to which the ratio does not apply: an image may well have a file of blanks, which costs
   * little.
   */
  public static final long RATIO_FREE_BYTES = 64L << 20;

  /**
   * Bytes of the headers of one entry, its extended attributes included: they are held in memory.
   */
  public static final int HEADER_BYTES = 1 << 20;

  /** Longest component that Linux file systems take, in bytes. */
  public static final int COMPONENT_BYTES = 255;

  private static final long GIBIBYTE = 1L << 30;

  /** Throws {@link IllegalArgumentException} unless every limit is positive. */
  public ImageLimits {
    if (archiveBytes <= 0
        || archiveEntries <= 0
        || documentBytes <= 0
        || layers <= 0
        || unpackedBytes <= 0
        || entries <= 0
        || pathBytes <= 0
        || depth <= 0
        || ratio <= 0) {
      throw new IllegalArgumentException("Every limit must be positive");
    }
  }

  /**
   * Returns the limits that hold unless others are configured: 10 GiB sent and 10 GiB unpacked, as
   * AWS Lambda has it; 10,000 entries sent; documents of 4 MiB, as registries have it; 128 layers,
   * one more than Docker builds; 500,000 entries; paths of 1,024 bytes and 128 components; a ratio
   * of 100.
   */
  public static ImageLimits defaults() {
    return new ImageLimits(
        10 * GIBIBYTE, 10_000, 4 << 20, 128, 10 * GIBIBYTE, 500_000, 1024, 128, 100);
  }
}
