package dev.kiln.image.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** A zip's bytes by position: every read is checked against the file's end. */
final class ZipBytes {

  private final FileChannel file;
  private final long size;

  ZipBytes(FileChannel file) throws IOException {
    this.file = file;
    this.size = file.size();
  }

  long size() {
    return size;
  }

  /**
   * Returns {@code length} bytes at {@code offset}, little-endian, or refuses an archive that is
   * too short for them.
   */
  ByteBuffer read(long offset, int length) throws ArchiveRefusedException, IOException {
    if (offset < 0 || offset > size - length) {
      throw ArchiveRefusedException.ofArchive(
          ArchiveRefusal.MALFORMED,
          "The zip refers to bytes behind its end: it was cut short or altered");
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, offset + bytes.position()) < 0) {
        throw new IOException("The zip was shortened while it was read");
      }
    }
    return bytes.flip();
  }

  static long unsigned(int value) {
    return Integer.toUnsignedLong(value);
  }

  static int unsigned(short value) {
    return Short.toUnsignedInt(value);
  }
}
