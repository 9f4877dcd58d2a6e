package dev.kiln.image.archive;

/**
 * What an archive may cost.
 *
 * @param unpackedBytes bytes of all files together
 * @param entries entries, and directories that only their content names
 * @param pathBytes bytes of a path in UTF-8
 * @param depth components of a path
 * @param ratio how many times larger than the archive's file its content may be, beyond the first
 *     {@link #RATIO_FREE_BYTES}
 */
public record ArchiveLimits(long unpackedBytes, int entries, int pathBytes, int depth, int ratio) {

  /**
   * Bytes to which the ratio does not apply: a short file of blanks may well be compressed a
   * thousandfold, and costs nothing.
   */
  public static final long RATIO_FREE_BYTES = 8L << 20;

  /** Longest component that Linux file systems take, in bytes. */
  public static final int COMPONENT_BYTES = 255;

  /** Throws {@link IllegalArgumentException} unless every limit is positive. */
  public ArchiveLimits {
    if (unpackedBytes <= 0 || entries <= 0 || pathBytes <= 0 || depth <= 0 || ratio <= 0) {
      throw new IllegalArgumentException("Every limit must be positive");
    }
  }

  /**
   * Returns the bytes that all names together may have, 128 for each entry that is allowed: names
   * are what an archive's table costs in memory while it is read.
   */
  public long namesBytes() {
    return 128L * entries;
  }

  /**
   * Returns the limits for a function's code: 250 MB unpacked, as AWS Lambda has it; 50,000
   * entries; paths of 1,024 bytes and 64 components; a ratio of 100, twice what the best compressed
   * source trees reach.
   */
  public static ArchiveLimits ofFunctionCode() {
    return ofFunctionCode(250L << 20, 50_000);
  }

  /** The same with other bounds on the bytes of all files together and on the entries. */
  public static ArchiveLimits ofFunctionCode(long unpackedBytes, int entries) {
    return new ArchiveLimits(unpackedBytes, entries, 1024, 64, 100);
  }
}
