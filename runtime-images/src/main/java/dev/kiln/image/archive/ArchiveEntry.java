package dev.kiln.image.archive;

/**
 * One entry that passed every check but those of its content.
 *
 * @param path relative path, normalised: components joined by {@code /}, none of them empty, {@code
 *     .} or {@code ..}
 * @param kind what it is
 * @param executable whether any execute bit is set
 * @param size bytes of content, as declared; reading enforces it
 * @param position where its content is found; only its reader knows the meaning
 */
public record ArchiveEntry(
    String path, EntryKind kind, boolean executable, long size, ContentPosition position) {

  /**
   * Where and how an entry's content is stored.
   *
   * @param offset of the first byte in the file
   * @param storedBytes bytes in the file
   * @param deflated whether they are deflated or stored as they are
   * @param crc32 checksum of the content
   */
  record ContentPosition(long offset, long storedBytes, boolean deflated, int crc32) {}
}
