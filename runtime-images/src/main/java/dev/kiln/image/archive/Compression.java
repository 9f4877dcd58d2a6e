package dev.kiln.image.archive;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/**
 * How an archive is compressed, seen from its first bytes: media types say it wrongly often enough
 * that other tools look there too.
 */
public enum Compression {
  /** Not at all. */
  NONE("", ""),
  /** RFC 1952, of one or more members. */
  GZIP("+gzip", "1f8b08"),
  /** RFC 8878, of one or more frames. */
  ZSTD("+zstd", "28b52ffd");

  private static final int MAGIC_BYTES = 4;
  private static final int BUFFER_BYTES = 1 << 16;

  private final String suffix;
  private final String magic;

  /** A compression whose content begins with {@code magic}, in hexadecimal. */
  Compression(String suffix, String magic) {
    this.suffix = suffix;
    this.magic = magic;
  }

  /** Returns how {@code in} is compressed; it must support mark, and stays where it is. */
  public static Compression of(InputStream in) throws IOException {
    in.mark(MAGIC_BYTES);
    String start = HexFormat.of().formatHex(in.readNBytes(MAGIC_BYTES));
    in.reset();
    if (start.startsWith(GZIP.magic)) {
      return GZIP;
    }
    return start.startsWith(ZSTD.magic) ? ZSTD : NONE;
  }

  /** Returns what a layer's media type has behind it: {@code +gzip}, {@code +zstd} or nothing. */
  public String suffix() {
    return suffix;
  }

  /**
   * Returns what {@code in} decompresses to. Both decompressors hold a bounded amount of memory
   * whatever they are given: gzip's is the JDK's, since others keep the header's texts; zstd's
   * takes windows of up to 128 MiB, outside the heap.
   */
  static InputStream decompress(InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, BUFFER_BYTES);
    return switch (of(buffered)) {
      case NONE -> buffered;
      case GZIP -> new GZIPInputStream(buffered, BUFFER_BYTES);
      case ZSTD -> new ZstdInputStreamNoFinalizer(buffered);
    };
  }
}
