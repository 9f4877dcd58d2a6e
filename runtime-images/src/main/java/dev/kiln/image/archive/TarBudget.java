package dev.kiln.image.archive;

import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;

/**
 * How much of an image's limits is left: shared by all archives that belong to one image, and by
 * the tree that is made of them. Not thread-safe.
 */
public final class TarBudget {

  private final ImageLimits limits;
  private final long maxBytes;
  private final int maxEntries;
  private long bytes;
  private int entries;

  private TarBudget(ImageLimits limits, long maxBytes, int maxEntries) {
    this.limits = limits;
    this.maxBytes = maxBytes;
    this.maxEntries = maxEntries;
  }

  /** Returns the budget for an archive that is sent. */
  public static TarBudget ofArchive(ImageLimits limits) {
    return new TarBudget(limits, limits.archiveBytes(), limits.archiveEntries());
  }

  /** Returns the budget for all layers of an image, and for the tree that they make. */
  public static TarBudget ofLayers(ImageLimits limits) {
    return new TarBudget(limits, limits.unpackedBytes(), limits.entries());
  }

  /** Counts the entry called {@code name}, or a directory that only it names. */
  public void spendEntry(String name) throws ImageRefusedException {
    entries++;
    if (entries > maxEntries) {
      throw ImageRefusedException.ofEntry(
          ImageRefusal.TOO_MANY_ENTRIES,
          name,
          "is one more than the " + maxEntries + " entries allowed");
    }
  }

  ImageLimits limits() {
    return limits;
  }

  /** Refuses an entry that declares more bytes than are left. */
  void checkBytes(String name, long declared) throws ImageRefusedException {
    if (declared > maxBytes - bytes) {
      throw tooLarge(name);
    }
  }

  void spendBytes(String name, long count) throws ImageRefusedException {
    checkBytes(name, count);
    bytes += count;
  }

  private ImageRefusedException tooLarge(String name) {
    return ImageRefusedException.ofEntry(
        ImageRefusal.TOO_LARGE, name, "goes beyond the " + maxBytes + " bytes allowed");
  }
}
