package dev.kiln.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A tar that is made entry by entry, as honest or hostile as a test needs it. */
public final class TestingLayer {

  /** When every entry says that it was modified. */
  public static final Instant TIME = Instant.parse("2024-02-03T04:05:06Z");

  private final List<Entry> entries;

  private TestingLayer(Entry... entries) {
    this.entries = List.of(entries);
  }

  /** One entry; its header may be changed until the layer is written. */
  public record Entry(TarArchiveEntry header, byte[] content) {

    /** Sets the mode, set-id bits included. */
    public Entry mode(int mode) {
      header.setMode(mode);
      return this;
    }

    /** Adds a property to the pax header. */
    public Entry pax(String name, String value) {
      header.addPaxHeader(name, value);
      return this;
    }
  }

  /** The layer with these entries, in this order. */
  public static TestingLayer of(Entry... entries) {
    return new TestingLayer(entries);
  }

  /** A file. */
  public static Entry file(String name, String content) {
    return file(name, content.getBytes(UTF_8));
  }

  /** A file. */
  public static Entry file(String name, byte[] content) {
    return entry(name, TarConstants.LF_NORMAL, "", content).mode(0644);
  }

  /** A directory. */
  public static Entry directory(String name) {
    return entry(name, TarConstants.LF_DIR, "", new byte[0]).mode(0755);
  }

  /** A symbolic link. */
  public static Entry link(String name, String target) {
    return entry(name, TarConstants.LF_SYMLINK, target, new byte[0]).mode(0777);
  }

  /** A hard link. */
  public static Entry hardLink(String name, String target) {
    return entry(name, TarConstants.LF_LINK, target, new byte[0]);
  }

  /** The pax header of the entry behind it, as it is: with what no honest writer would write. */
  public static Entry paxHeader(String name, String value) {
    String rest = " " + name + "=" + value + "\n";
    int length = rest.getBytes(UTF_8).length + 1;
    while ((length + rest).getBytes(UTF_8).length != length) {
      length++;
    }
    byte flag = TarConstants.LF_PAX_EXTENDED_HEADER_LC;
    return entry("pax", flag, "", (length + rest).getBytes(UTF_8));
  }

  /** An entry of any kind. */
  public static Entry entry(String name, byte flag, String target, byte[] content) {
    TarArchiveEntry header = new TarArchiveEntry(name, flag, true);
    header.setLinkName(target);
    header.setSize(content.length);
    header.setLastModifiedTime(FileTime.from(TIME));
    return new Entry(header, content);
  }

  /** Returns the tar. */
  public byte[] tar() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (Entry entry : entries) {
        tar.putArchiveEntry(entry.header());
        tar.write(entry.content());
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Returns the tar, compressed. */
  public byte[] gzip() {
    return gzip(tar());
  }

  /** Returns the tar, compressed. */
  public byte[] zstd() {
    return Zstd.compress(tar());
  }

  /** Returns {@code content}, compressed. */
  public static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Returns the digest of the tar. */
  public Digest diffId() {
    return Digest.ofContent(tar());
  }

  /** Writes the tar to {@code file}. */
  public Path writeTo(Path file) throws IOException {
    return Files.write(file, tar());
  }

  @Override
  public String toString() {
    return entries.stream()
        .map(
            entry ->
                entry.header().getLinkFlag()
                    + ":"
                    + entry.header().getName()
                    + (entry.header().getLinkName().isEmpty()
                        ? ""
                        : " -> " + entry.header().getLinkName()))
        .toList()
        .toString();
  }

  /** Returns {@code bytes} without the last {@code count}. */
  public static byte[] cut(byte[] bytes, int count) {
    return Arrays.copyOf(bytes, bytes.length - count);
  }
}
