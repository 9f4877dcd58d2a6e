package dev.kiln.image.archive;

import static dev.kiln.image.archive.ArchiveRefusal.CONFLICT;
import static dev.kiln.image.archive.ArchiveRefusal.EMPTY;
import static dev.kiln.image.archive.ArchiveRefusal.LINK_ESCAPES;
import static dev.kiln.image.archive.ArchiveRefusal.MALFORMED;
import static dev.kiln.image.archive.ArchiveRefusal.NAME_INVALID;
import static dev.kiln.image.archive.ArchiveRefusal.OVERLAP;
import static dev.kiln.image.archive.ArchiveRefusal.RATIO;
import static dev.kiln.image.archive.ArchiveRefusal.SPECIAL_FILE;
import static dev.kiln.image.archive.ArchiveRefusal.TOO_LARGE;
import static dev.kiln.image.archive.ArchiveRefusal.UNSUPPORTED;

import dev.kiln.image.archive.ArchiveEntry.ContentPosition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A zip whose every entry was checked before anything of it is written. Opening reads the table of
 * entries and the local headers and refuses all that can be told without unpacking; {@link #read}
 * holds each entry's content to the size and checksum that it declares, so what opening allowed is
 * what comes out at most. Not thread-safe.
 *
 * <p>An own reader, because the general ones are made to get the most out of odd files: they skip
 * what contradicts itself, where two readings of one file are what an attacker needs, and hold any
 * number of records in memory.
 */
public final class ZipReader implements AutoCloseable {

  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_DIRECTORY = 0040000;
  private static final int TYPE_FILE = 0100000;
  private static final int TYPE_LINK = 0120000;
  private static final int EXECUTE_BITS = 0111;
  private static final int UNSUPPORTED_FLAGS =
      CentralRecord.FLAG_ENCRYPTED
          | CentralRecord.FLAG_PATCH
          | CentralRecord.FLAG_STRONG_ENCRYPTION
          | CentralRecord.FLAG_MASKED_HEADERS;

  private final FileChannel file;
  private final ZipBytes zip;
  private final ArchiveLimits limits;
  private final List<ArchiveEntry> entries = new ArrayList<>();
  private final Map<String, String> links = new LinkedHashMap<>();

  private ZipReader(FileChannel file, ArchiveLimits limits) throws IOException {
    this.file = file;
    this.zip = new ZipBytes(file);
    this.limits = limits;
  }

  /** Opens and checks the zip at {@code path}. */
  public static ZipReader open(Path path, ArchiveLimits limits)
      throws ArchiveRefusedException, IOException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
    try {
      ZipReader reader = new ZipReader(file, limits);
      reader.check();
      return reader;
    } catch (ArchiveRefusedException | IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Returns the entries in stored order: no two of one path, none below a file or a link, links
   * resolved inside.
   */
  public List<ArchiveEntry> entries() {
    return Collections.unmodifiableList(entries);
  }

  /** Returns the target of a link of {@link #entries}. */
  public String target(ArchiveEntry link) {
    return links.get(link.path());
  }

  /** Writes an entry's content to {@code out}, and refuses it where it is not what it declares. */
  public void read(ArchiveEntry entry, OutputStream out)
      throws ArchiveRefusedException, IOException {
    new EntryContent(zip, entry).copyTo(out);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void check() throws ArchiveRefusedException, IOException {
    List<CentralRecord> records = CentralDirectory.read(zip, limits);
    checkSizes(records);
    checkOverlaps(addEntries(records));
    if (entries.stream().allMatch(entry -> entry.kind() == EntryKind.DIRECTORY)) {
      throw ArchiveRefusedException.ofArchive(EMPTY, "The zip holds no file");
    }
    for (ArchiveEntry entry : entries) {
      if (entry.kind() == EntryKind.LINK) {
        links.put(entry.path(), readTarget(entry));
      }
    }
    LinkTargets.check(links);
  }

  private void checkSizes(List<CentralRecord> records) throws ArchiveRefusedException {
    long total = 0;
    for (CentralRecord record : records) {
      if (record.size() > limits.unpackedBytes() - total) {
        throw ArchiveRefusedException.ofArchive(
            TOO_LARGE, "The zip unpacks to more than " + limits.unpackedBytes() + " bytes");
      }
      total += record.size();
    }
    if (total - ArchiveLimits.RATIO_FREE_BYTES > zip.size() * limits.ratio()) {
      throw ArchiveRefusedException.ofArchive(
          RATIO, "The zip unpacks to more than " + limits.ratio() + " times its size");
    }
  }

  private List<Extent> addEntries(List<CentralRecord> records)
      throws ArchiveRefusedException, IOException {
    ArchiveTree tree = new ArchiveTree(limits);
    List<Extent> extents = new ArrayList<>(records.size());
    for (CentralRecord record : records) {
      String name = EntryName.decode(record.name());
      String path = EntryName.normalise(name, limits);
      EntryKind kind = kind(name, record);
      checkSupported(name, record);
      long content = LocalHeader.contentOffset(zip, name, record);
      extents.add(new Extent(name, record.localOffset(), content + record.storedBytes()));
      if (!path.isEmpty()) {
        tree.add(path, kind);
        entries.add(entry(path, kind, record, content));
      } else if (kind != EntryKind.DIRECTORY) {
        throw ArchiveRefusedException.ofEntry(NAME_INVALID, name, "is a file without a name");
      }
    }
    return extents;
  }

  private static ArchiveEntry entry(
      String path, EntryKind kind, CentralRecord record, long content) {
    boolean executable = kind == EntryKind.FILE && (record.unixMode() & EXECUTE_BITS) != 0;
    boolean deflated = record.method() == CentralRecord.METHOD_DEFLATED;
    return new ArchiveEntry(
        path,
        kind,
        executable,
        record.size(),
        new ContentPosition(content, record.storedBytes(), deflated, record.crc32()));
  }

  private static EntryKind kind(String name, CentralRecord record) throws ArchiveRefusedException {
    EntryKind kind =
        switch (record.unixMode() & TYPE_MASK) {
          case 0 -> record.directory() ? EntryKind.DIRECTORY : EntryKind.FILE;
          case TYPE_FILE -> record.directory() ? EntryKind.DIRECTORY : EntryKind.FILE;
          case TYPE_DIRECTORY -> EntryKind.DIRECTORY;
          case TYPE_LINK -> EntryKind.LINK;
          default ->
              throw ArchiveRefusedException.ofEntry(
                  SPECIAL_FILE, name, "is neither a file, a directory nor a symbolic link");
        };
    if (kind == EntryKind.DIRECTORY && record.size() != 0
        || kind == EntryKind.LINK && record.directory()) {
      throw ArchiveRefusedException.ofEntry(
          CONFLICT, name, "is a directory and something else at once");
    }
    return kind;
  }

  private static void checkSupported(String name, CentralRecord record)
      throws ArchiveRefusedException {
    if ((record.flags() & UNSUPPORTED_FLAGS) != 0) {
      throw ArchiveRefusedException.ofEntry(UNSUPPORTED, name, "is encrypted or a patch");
    }
    if (record.method() != CentralRecord.METHOD_STORED
        && record.method() != CentralRecord.METHOD_DEFLATED) {
      throw ArchiveRefusedException.ofEntry(
          UNSUPPORTED,
          name,
          "is compressed by method " + record.method() + ", not stored or deflated");
    }
  }

  /** Bytes of the file that belong to one entry. */
  private record Extent(String name, long start, long end) {}

  /**
   * Entries that share bytes make bombs of millions of times their size out of one compressed
   * kernel.
   */
  private static void checkOverlaps(List<Extent> extents) throws ArchiveRefusedException {
    extents.sort(Comparator.comparingLong(Extent::start));
    for (int i = 1; i < extents.size(); i++) {
      if (extents.get(i).start() < extents.get(i - 1).end()) {
        throw ArchiveRefusedException.ofEntry(
            OVERLAP, extents.get(i).name(), "shares bytes with another entry of the zip");
      }
    }
  }

  private String readTarget(ArchiveEntry link) throws ArchiveRefusedException, IOException {
    if (link.size() > limits.pathBytes()) {
      throw ArchiveRefusedException.ofEntry(
          LINK_ESCAPES,
          link.path(),
          "is a link with a target of more than " + limits.pathBytes() + " bytes");
    }
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    read(link, target);
    String text = target.toString(StandardCharsets.UTF_8);
    if (text.indexOf('\ufffd') >= 0) {
      throw ArchiveRefusedException.ofEntry(
          MALFORMED, link.path(), "is a link whose target is not UTF-8");
    }
    return text;
  }
}
