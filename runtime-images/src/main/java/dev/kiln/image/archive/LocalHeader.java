package dev.kiln.image.archive;

import static dev.kiln.image.archive.ZipBytes.unsigned;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The header in front of an entry's content (APPNOTE 4.3.7). It repeats the table at the end; where
 * the two differ, tools disagree about what the zip holds, so such a zip is refused.
 */
final class LocalHeader {

  private static final int SIGNATURE = 0x04034b50;
  private static final int BYTES = 30;
  private static final int IN_ZIP64_FIELD = 0xffffffff;

  private LocalHeader() {}

  /** Returns where the content of {@code record} starts. */
  static long contentOffset(ZipBytes zip, String name, CentralRecord record)
      throws ArchiveRefusedException, IOException {
    ByteBuffer header = zip.read(record.localOffset(), BYTES);
    int nameBytes = unsigned(header.getShort(26));
    if (header.getInt(0) != SIGNATURE || nameBytes != record.name().length) {
      throw differs(name);
    }
    byte[] localName = zip.read(record.localOffset() + BYTES, nameBytes).array();
    boolean same =
        Arrays.equals(localName, record.name())
            && unsigned(header.getShort(8)) == record.method()
            && (header.getShort(6) & CentralRecord.FLAG_ENCRYPTED) == 0
            && sameSizes(header, record);
    if (!same) {
      throw differs(name);
    }
    long content = record.localOffset() + BYTES + nameBytes + unsigned(header.getShort(28));
    if (record.storedBytes() > zip.size() - content) {
      throw ArchiveRefusedException.ofEntry(
          ArchiveRefusal.MALFORMED, name, "does not lie inside the zip");
    }
    return content;
  }

  private static boolean sameSizes(ByteBuffer header, CentralRecord record) {
    if ((unsigned(header.getShort(6)) & CentralRecord.FLAG_DATA_DESCRIPTOR) != 0) {
      return true;
    }
    return header.getInt(14) == record.crc32()
        && same(header.getInt(18), record.storedBytes())
        && same(header.getInt(22), record.size());
  }

  private static boolean same(int local, long central) {
    return local == IN_ZIP64_FIELD || unsigned(local) == central;
  }

  private static ArchiveRefusedException differs(String name) {
    return ArchiveRefusedException.ofEntry(
        ArchiveRefusal.MALFORMED,
        name,
        "is described differently at its place and in the zip's table of entries");
  }
}
