package dev.kiln.image.archive;

import static dev.kiln.image.archive.ArchiveRefusal.MALFORMED;
import static dev.kiln.image.archive.ArchiveRefusal.NAME_TOO_LONG;
import static dev.kiln.image.archive.ArchiveRefusal.NOT_A_ZIP;
import static dev.kiln.image.archive.ArchiveRefusal.TOO_MANY_ENTRIES;
import static dev.kiln.image.archive.ArchiveRefusal.UNSUPPORTED;
import static dev.kiln.image.archive.ZipBytes.unsigned;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds and reads the table at the end of a zip (PKWARE APPNOTE 4.3.12 to 4.3.16, with Zip64),
 * record by record, so that a table of millions of records costs no more memory than the limits
 * allow. Offsets are from the file's start: a prefix that shifts them is refused as malformed.
 */
final class CentralDirectory {

  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int MAX_COMMENT_BYTES = 0xffff;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int RECORD_SIGNATURE = 0x02014b50;
  private static final int RECORD_BYTES = 46;
  private static final int EXTRA_ZIP64 = 1;
  private static final int MADE_BY_UNIX = 3;
  private static final int MADE_BY_MACOS = 19;
  private static final int DOS_DIRECTORY = 0x10;
  private static final int UINT16_MAX = 0xffff;
  private static final long UINT32_MAX = 0xffffffffL;

  private final ZipBytes zip;
  private final ArchiveLimits limits;

  private CentralDirectory(ZipBytes zip, ArchiveLimits limits) {
    this.zip = zip;
    this.limits = limits;
  }

  /** Returns the records of {@code zip} in stored order. */
  static List<CentralRecord> read(ZipBytes zip, ArchiveLimits limits)
      throws ArchiveRefusedException, IOException {
    CentralDirectory directory = new CentralDirectory(zip, limits);
    return directory.readRecords(directory.findTable());
  }

  /** Where the table lies and how many records it has. */
  private record Table(long offset, long bytes, long records, long limit) {
    boolean isConsistent() {
      return offset >= 0
          && bytes >= 0
          && offset <= limit
          && bytes <= limit - offset
          && records <= bytes / RECORD_BYTES;
    }
  }

  private Table findTable() throws ArchiveRefusedException, IOException {
    long end = findEnd();
    ByteBuffer fields = zip.read(end, END_BYTES);
    Table table =
        new Table(
            unsigned(fields.getInt(16)),
            unsigned(fields.getInt(12)),
            unsigned(fields.getShort(10)),
            end);
    if (fields.getShort(4) != 0 && unsigned(fields.getShort(4)) != UINT16_MAX) {
      throw ArchiveRefusedException.ofArchive(UNSUPPORTED, "The zip is split over several volumes");
    }
    if (table.records() == UINT16_MAX
        || table.bytes() == UINT32_MAX
        || table.offset() == UINT32_MAX) {
      table = findTable64(end).orElse(table);
    }
    if (!table.isConsistent()) {
      throw ArchiveRefusedException.ofArchive(
          MALFORMED, "The zip's table of entries does not lie inside the file");
    }
    if (table.records() > limits.entries()) {
      throw ArchiveRefusedException.ofArchive(
          TOO_MANY_ENTRIES,
          "The zip has " + table.records() + " entries; " + limits.entries() + " are allowed");
    }
    return table;
  }

  private long findEnd() throws ArchiveRefusedException, IOException {
    int tailBytes = (int) Math.min(zip.size(), END_BYTES + MAX_COMMENT_BYTES);
    ByteBuffer tail = zip.read(zip.size() - tailBytes, tailBytes);
    for (int at = tailBytes - END_BYTES; at >= 0; at--) {
      if (tail.getInt(at) == END_SIGNATURE
          && at + END_BYTES + unsigned(tail.getShort(at + 20)) == tailBytes) {
        return zip.size() - tailBytes + at;
      }
    }
    throw ArchiveRefusedException.ofArchive(
        NOT_A_ZIP, "The body is not a zip, or it was cut short");
  }

  private Optional<Table> findTable64(long end) throws ArchiveRefusedException, IOException {
    if (end < LOCATOR_BYTES) {
      return Optional.empty();
    }
    ByteBuffer locator = zip.read(end - LOCATOR_BYTES, LOCATOR_BYTES);
    if (locator.getInt(0) != LOCATOR_SIGNATURE) {
      return Optional.empty();
    }
    long end64 = locator.getLong(8);
    ByteBuffer fields = zip.read(end64, END64_BYTES);
    if (fields.getInt(0) != END64_SIGNATURE || fields.getLong(32) < 0) {
      throw ArchiveRefusedException.ofArchive(MALFORMED, "The zip's Zip64 end record is damaged");
    }
    return Optional.of(
        new Table(fields.getLong(48), fields.getLong(40), fields.getLong(32), end64));
  }

  private List<CentralRecord> readRecords(Table table) throws ArchiveRefusedException, IOException {
    List<CentralRecord> records = new ArrayList<>((int) table.records());
    long names = 0;
    long at = table.offset();
    long end = table.offset() + table.bytes();
    for (long i = 0; i < table.records(); i++) {
      ByteBuffer fields = zip.read(at, RECORD_BYTES);
      if (fields.getInt(0) != RECORD_SIGNATURE) {
        throw ArchiveRefusedException.ofArchive(MALFORMED, "The zip's table of entries is damaged");
      }
      names += nameBytes(fields);
      if (names > limits.namesBytes()) {
        throw ArchiveRefusedException.ofArchive(
            NAME_TOO_LONG,
            "The zip's names have more than " + limits.namesBytes() + " bytes together");
      }
      records.add(readRecord(at, fields));
      at += RECORD_BYTES + nameBytes(fields) + extraBytes(fields) + unsigned(fields.getShort(32));
    }
    if (at != end) {
      throw ArchiveRefusedException.ofArchive(
          MALFORMED, "The zip's table of entries has another size than it declares");
    }
    return records;
  }

  private CentralRecord readRecord(long at, ByteBuffer fields)
      throws ArchiveRefusedException, IOException {
    if (nameBytes(fields) > 2 * limits.pathBytes()) {
      throw ArchiveRefusedException.ofArchive(
          NAME_TOO_LONG,
          "The zip has a name of "
              + nameBytes(fields)
              + " bytes; "
              + limits.pathBytes()
              + " are allowed");
    }
    byte[] name = zip.read(at + RECORD_BYTES, nameBytes(fields)).array();
    ByteBuffer extra = zip.read(at + RECORD_BYTES + nameBytes(fields), extraBytes(fields));
    Sizes sizes = sizes(fields, extra);
    int attributes = fields.getInt(38);
    int madeBy = unsigned(fields.getShort(4)) >> 8;
    boolean directory =
        name.length > 0 && name[name.length - 1] == '/'
            || madeBy == 0 && (attributes & DOS_DIRECTORY) != 0;
    return new CentralRecord(
        name,
        madeBy == MADE_BY_UNIX || madeBy == MADE_BY_MACOS ? attributes >>> 16 : 0,
        directory,
        unsigned(fields.getShort(8)),
        unsigned(fields.getShort(10)),
        fields.getInt(16),
        sizes.stored(),
        sizes.content(),
        sizes.localOffset());
  }

  private record Sizes(long content, long stored, long localOffset) {}

  /**
   * A 32-bit field of all ones says that the value stands in the Zip64 extra field, in this order.
   */
  private static Sizes sizes(ByteBuffer fields, ByteBuffer extra) throws ArchiveRefusedException {
    ByteBuffer wide = zip64(extra);
    long content = widen(unsigned(fields.getInt(24)), wide);
    long stored = widen(unsigned(fields.getInt(20)), wide);
    return new Sizes(content, stored, widen(unsigned(fields.getInt(42)), wide));
  }

  private static long widen(long narrow, ByteBuffer wide) throws ArchiveRefusedException {
    if (narrow != UINT32_MAX) {
      return narrow;
    }
    if (wide.remaining() < Long.BYTES) {
      throw ArchiveRefusedException.ofArchive(
          MALFORMED, "The zip lacks a Zip64 size that it refers to");
    }
    long value = wide.getLong();
    if (value < 0) {
      throw ArchiveRefusedException.ofArchive(MALFORMED, "The zip has a negative size");
    }
    return value;
  }

  private static ByteBuffer zip64(ByteBuffer extra) {
    while (extra.remaining() >= 4) {
      int id = unsigned(extra.getShort());
      int length = Math.min(unsigned(extra.getShort()), extra.remaining());
      if (id == EXTRA_ZIP64) {
        return extra.slice(extra.position(), length).order(extra.order());
      }
      extra.position(extra.position() + length);
    }
    return ByteBuffer.allocate(0);
  }

  private static int nameBytes(ByteBuffer record) {
    return unsigned(record.getShort(28));
  }

  private static int extraBytes(ByteBuffer record) {
    return unsigned(record.getShort(30));
  }
}
