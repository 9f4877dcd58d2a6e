package dev.kiln.image.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes zips byte by byte, so that every field can lie. */
public final class ForgedZip {

  public static final int FILE = 0100644;
  public static final int PROGRAM = 0100755;
  public static final int DIRECTORY = 0040755;
  public static final int LINK = 0120777;

  /** One entry, whose fields start out true and may be changed. */
  public static final class Entry {
    public byte[] name;
    public byte[] localName;
    public byte[] stored;
    public int mode;
    public int madeBy = 3;
    public int flags = 1 << 11;
    public int method;
    public int crc32;
    public long size;
    public long storedBytes;
    public long localOffset = -1;
    public boolean withoutContent;

    private Entry(String name, int mode, byte[] content, boolean deflated) {
      this.name = name.getBytes(StandardCharsets.UTF_8);
      this.localName = this.name;
      this.mode = mode;
      this.method = deflated ? 8 : 0;
      this.stored = deflated ? deflate(content) : content;
      this.size = content.length;
      this.storedBytes = stored.length;
      CRC32 checksum = new CRC32();
      checksum.update(content);
      this.crc32 = (int) checksum.getValue();
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private byte[] trailer = new byte[0];
  private int declaredRecords = -1;

  public static ForgedZip of(Entry... entries) {
    ForgedZip zip = new ForgedZip();
    zip.entries.addAll(List.of(entries));
    return zip;
  }

  public static Entry file(String name, String content) {
    return new Entry(name, FILE, content.getBytes(StandardCharsets.UTF_8), false);
  }

  public static Entry deflated(String name, byte[] content) {
    return new Entry(name, FILE, content, true);
  }

  public static Entry directory(String name) {
    return new Entry(name, DIRECTORY, new byte[0], false);
  }

  public static Entry link(String name, String target) {
    return new Entry(name, LINK, target.getBytes(StandardCharsets.UTF_8), false);
  }

  public static Entry node(String name, int mode) {
    return new Entry(name, mode, new byte[0], false);
  }

  public ForgedZip declaringRecords(int records) {
    declaredRecords = records;
    return this;
  }

  public ForgedZip followedBy(byte[] bytes) {
    trailer = bytes;
    return this;
  }

  public Path writeTo(Path path) throws IOException {
    return Files.write(path, bytes());
  }

  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    for (Entry entry : entries) {
      long offset = entry.localOffset >= 0 ? entry.localOffset : out.size();
      if (!entry.withoutContent) {
        out.writeBytes(local(entry));
        out.writeBytes(entry.stored);
      }
      table.writeBytes(record(entry, offset));
    }
    int tableOffset = out.size();
    out.writeBytes(table.toByteArray());
    out.writeBytes(end(table.size(), tableOffset));
    out.writeBytes(trailer);
    return out.toByteArray();
  }

  private static byte[] local(Entry entry) {
    return little(30 + entry.localName.length)
        .putInt(0x04034b50)
        .putShort((short) 20)
        .putShort((short) entry.flags)
        .putShort((short) entry.method)
        .putInt(0)
        .putInt(entry.crc32)
        .putInt((int) entry.storedBytes)
        .putInt((int) entry.size)
        .putShort((short) entry.localName.length)
        .putShort((short) 0)
        .put(entry.localName)
        .array();
  }

  private static byte[] record(Entry entry, long offset) {
    return little(46 + entry.name.length)
        .putInt(0x02014b50)
        .putShort((short) (entry.madeBy << 8 | 20))
        .putShort((short) 20)
        .putShort((short) entry.flags)
        .putShort((short) entry.method)
        .putInt(0)
        .putInt(entry.crc32)
        .putInt((int) entry.storedBytes)
        .putInt((int) entry.size)
        .putShort((short) entry.name.length)
        .putShort((short) 0)
        .putShort((short) 0)
        .putShort((short) 0)
        .putShort((short) 0)
        .putInt(entry.mode << 16)
        .putInt((int) offset)
        .put(entry.name)
        .array();
  }

  private byte[] end(int tableBytes, int tableOffset) {
    short records = (short) (declaredRecords >= 0 ? declaredRecords : entries.size());
    return little(22)
        .putInt(0x06054b50)
        .putInt(0)
        .putShort(records)
        .putShort(records)
        .putInt(tableBytes)
        .putInt(tableOffset)
        .putShort((short) 0)
        .array();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] deflate(byte[] content) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(content);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 16];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.toByteArray();
  }
}
