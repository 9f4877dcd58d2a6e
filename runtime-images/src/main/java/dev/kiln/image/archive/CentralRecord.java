package dev.kiln.image.archive;

/**
 * One record of a zip's central directory, as stored.
 *
 * @param name the name's bytes
 * @param unixMode type and permission bits, or 0 where a tool without them made the entry
 * @param directory whether the name or the attributes say directory
 * @param flags general purpose bit flag
 * @param method compression method
 * @param crc32 checksum of the content
 * @param storedBytes bytes in the file
 * @param size bytes of the content
 * @param localOffset where the local header starts
 */
record CentralRecord(
    byte[] name,
    int unixMode,
    boolean directory,
    int flags,
    int method,
    int crc32,
    long storedBytes,
    long size,
    long localOffset) {

  static final int FLAG_ENCRYPTED = 1;
  static final int FLAG_DATA_DESCRIPTOR = 1 << 3;
  static final int FLAG_PATCH = 1 << 5;
  static final int FLAG_STRONG_ENCRYPTION = 1 << 6;
  static final int FLAG_MASKED_HEADERS = 1 << 13;

  static final int METHOD_STORED = 0;
  static final int METHOD_DEFLATED = 8;
}
