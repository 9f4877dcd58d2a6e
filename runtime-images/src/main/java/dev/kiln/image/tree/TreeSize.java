package dev.kiln.image.tree;

/**
 * How large a tree is.
 *
 * @param bytes bytes of its files' contents
 * @param files files and symbolic links; directories do not count
 */
public record TreeSize(long bytes, int files) {

  /** Throws {@link IllegalArgumentException} where a number is negative. */
  public TreeSize {
    if (bytes < 0 || files < 0) {
      throw new IllegalArgumentException(
          "A tree has neither " + bytes + " bytes nor " + files + " files");
    }
  }
}
