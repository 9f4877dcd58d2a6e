package dev.kiln.image.build;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the dynamic loader would read of a 64-bit little-endian program or library (System V ABI,
 * chapters 4 and 5). Reading it ourselves runs nothing, unlike {@code ldd}, and works for files
 * that no loader of this host would take.
 *
 * @param machine the architecture, {@code EM_*}
 * @param interpreter the loader that a program asks for
 * @param needed names of the libraries it needs
 * @param searchPath directories where it wants them looked for first; may start with {@code
 *     $ORIGIN}
 */
record ElfFile(
    int machine, Optional<Path> interpreter, List<String> needed, List<String> searchPath) {

  static final int MACHINE_X86_64 = 62;
  static final int MACHINE_AARCH64 = 183;

  private static final int MAGIC = 0x464c457f;
  private static final int HEADER_BYTES = 64;
  private static final int SEGMENT_BYTES = 56;
  private static final int CLASS_64_LITTLE_ENDIAN = 0x0102;
  private static final int SEGMENT_LOAD = 1;
  private static final int SEGMENT_DYNAMIC = 2;
  private static final int SEGMENT_INTERPRETER = 3;
  private static final int TAG_END = 0;
  private static final int TAG_NEEDED = 1;
  private static final int TAG_STRINGS = 5;
  private static final int TAG_RPATH = 15;
  private static final int TAG_RUNPATH = 29;
  private static final int MAX_STRING = 4096;
  private static final int MAX_SEGMENT = 1 << 20;

  ElfFile {
    needed = List.copyOf(needed);
    searchPath = List.copyOf(searchPath);
  }

  /** Reads a file; empty where it is no ELF file at all. */
  static Optional<ElfFile> read(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer header = readAt(file, 0, HEADER_BYTES);
      if (header.limit() < HEADER_BYTES || header.getInt(0) != MAGIC) {
        return Optional.empty();
      }
      if (header.getShort(4) != CLASS_64_LITTLE_ENDIAN) {
        throw new IOException("Not a 64-bit little-endian ELF file: " + path);
      }
      return Optional.of(read(file, header));
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("Damaged ELF file: " + path, e);
    }
  }

  private record Segment(int type, long offset, long address, long bytes) {}

  private static ElfFile read(FileChannel file, ByteBuffer header) throws IOException {
    List<Segment> segments = segments(file, header);
    Optional<Path> interpreter = Optional.empty();
    List<String> needed = new ArrayList<>();
    List<String> searchPath = new ArrayList<>();
    for (Segment segment : segments) {
      if (segment.type() == SEGMENT_INTERPRETER) {
        interpreter = Optional.of(Path.of(string(file, segment.offset())));
      } else if (segment.type() == SEGMENT_DYNAMIC) {
        readDynamic(file, segment, segments, needed, searchPath);
      }
    }
    return new ElfFile(Short.toUnsignedInt(header.getShort(18)), interpreter, needed, searchPath);
  }

  private static List<Segment> segments(FileChannel file, ByteBuffer header) throws IOException {
    int count = Short.toUnsignedInt(header.getShort(56));
    ByteBuffer table = readAt(file, header.getLong(32), count * SEGMENT_BYTES);
    List<Segment> segments = new ArrayList<>();
    for (int at = 0; at < count * SEGMENT_BYTES; at += SEGMENT_BYTES) {
      segments.add(
          new Segment(
              table.getInt(at),
              table.getLong(at + 8),
              table.getLong(at + 16),
              table.getLong(at + 32)));
    }
    return segments;
  }

  private static void readDynamic(
      FileChannel file,
      Segment dynamic,
      List<Segment> segments,
      List<String> needed,
      List<String> searchPath)
      throws IOException {
    ByteBuffer table = readAt(file, dynamic.offset(), (int) Math.min(dynamic.bytes(), MAX_SEGMENT));
    long strings = 0;
    for (int at = 0; table.getLong(at) != TAG_END; at += 16) {
      if (table.getLong(at) == TAG_STRINGS) {
        strings = fileOffset(table.getLong(at + 8), segments);
      }
    }
    for (int at = 0; table.getLong(at) != TAG_END; at += 16) {
      long tag = table.getLong(at);
      if (tag == TAG_NEEDED) {
        needed.add(string(file, strings + table.getLong(at + 8)));
      } else if (tag == TAG_RPATH || tag == TAG_RUNPATH) {
        searchPath.addAll(List.of(string(file, strings + table.getLong(at + 8)).split(":")));
      }
    }
  }

  private static long fileOffset(long address, List<Segment> segments) throws IOException {
    for (Segment segment : segments) {
      boolean inside =
          address >= segment.address() && address < segment.address() + segment.bytes();
      if (segment.type() == SEGMENT_LOAD && inside) {
        return address - segment.address() + segment.offset();
      }
    }
    throw new IOException("The ELF file refers to an address that it does not load");
  }

  private static String string(FileChannel file, long offset) throws IOException {
    ByteBuffer bytes = readAt(file, offset, MAX_STRING);
    int end = 0;
    while (bytes.get(end) != 0) {
      end++;
    }
    return StandardCharsets.UTF_8.decode(bytes.limit(end)).toString();
  }

  /** Returns up to {@code length} bytes; fewer at the end of the file. */
  private static ByteBuffer readAt(FileChannel file, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining() && file.read(bytes, offset + bytes.position()) >= 0) {
      // read until the buffer is full or the file ends
    }
    return bytes.flip();
  }
}
