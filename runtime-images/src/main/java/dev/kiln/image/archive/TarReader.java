package dev.kiln.image.archive;

import dev.kiln.image.Digest;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Reads a stranger's tar, plain, gzip or zstd, from beginning to end: an image's layer, or an
 * archive of a whole image. Names are checked and sizes enforced before an entry is handed out; a
 * failure of the stream that it reads from is an {@link IOException}, everything else a refusal.
 * Not thread-safe.
 */
public final class TarReader implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 16;

  /** As pax and libarchive prefix the names of extended attributes. */
  private static final String[] ATTRIBUTE_PREFIXES = {"SCHILY.xattr.", "LIBARCHIVE.xattr."};

  /** What 32 bits hold: file systems take it, and nothing real lies outside. */
  private static final long MAX_TIME_SECONDS = 0xffff_ffffL;

  private final TarBudget budget;
  private final TarBytes bytes;
  private final TarArchiveInputStream tar;
  private String current;
  private long unread;

  private TarReader(TarBudget budget, TarBytes bytes, String name) {
    this.budget = budget;
    this.bytes = bytes;
    this.tar = new TarArchiveInputStream(bytes, StandardCharsets.UTF_8.name());
    this.current = name;
  }

  @FunctionalInterface
  private interface Reading<T> {
    T read() throws ImageRefusedException, IOException;
  }

  /**
   * Starts to read {@code in}, which stays open; messages call it {@code name} as long as no entry
   * was reached.
   */
  public static TarReader open(InputStream in, String name, TarBudget budget)
      throws ImageRefusedException, IOException {
    SourceBytes source = new SourceBytes(in);
    return reading(
        name,
        () ->
            new TarReader(
                budget, new TarBytes(source, Compression.decompress(source), budget, name), name));
  }

  /**
   * Returns the next entry, if there is one; what was not read of the last one's content is
   * skipped.
   */
  public Optional<TarEntry> next() throws ImageRefusedException, IOException {
    bytes.expectHeader(unread);
    TarArchiveEntry header = reading(current, tar::getNextEntry);
    if (header == null) {
      return Optional.empty();
    }
    current = header.getName();
    unread = header.getSize();
    bytes.expectContent(current);
    return Optional.of(check(header));
  }

  /** Writes the current entry's content to {@code out}, once. */
  public void copyTo(OutputStream out) throws ImageRefusedException, IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int n = read(buffer); n >= 0; n = read(buffer)) {
      out.write(buffer, 0, n);
    }
  }

  /** Reads to the end of the stream; returns the digest of all its decompressed bytes. */
  public Digest finish() throws ImageRefusedException, IOException {
    bytes.expectContent(current);
    byte[] buffer = new byte[BUFFER_BYTES];
    int n = 0;
    while (n >= 0) {
      n = reading(current, () -> bytes.read(buffer, 0, buffer.length));
    }
    return bytes.digest();
  }

  /** Frees what the decompressor holds. */
  @Override
  public void close() throws IOException {
    tar.close();
  }

  private int read(byte[] buffer) throws ImageRefusedException, IOException {
    int n = reading(current, () -> tar.read(buffer, 0, buffer.length));
    unread -= Math.max(n, 0);
    return n;
  }

  private TarEntry check(TarArchiveEntry header) throws ImageRefusedException {
    budget.spendEntry(current);
    String path = TarName.normalise(current, current, budget.limits());
    if (header.isSparse()) {
      throw ImageRefusedException.ofEntry(ImageRefusal.SPARSE, current, "is stored with holes");
    }
    TarEntry.Kind kind = kind(header);
    if (kind != TarEntry.Kind.FILE && header.getSize() != 0) {
      // Some readers take what follows for its content, others for the next header.
      throw ImageRefusedException.ofEntry(
          ImageRefusal.SIZE_LIES, current, "declares content, but is no file");
    }
    budget.checkBytes(current, header.getSize());
    return new TarEntry(
        path,
        kind,
        header.getSize(),
        header.getMode(),
        target(header, kind),
        modified(header),
        attributes(header));
  }

  private TarEntry.Kind kind(TarArchiveEntry header) throws ImageRefusedException {
    return switch (header.getLinkFlag()) {
      case TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_CONTIG ->
          header.isDirectory() ? TarEntry.Kind.DIRECTORY : TarEntry.Kind.FILE;
      case TarConstants.LF_DIR -> TarEntry.Kind.DIRECTORY;
      case TarConstants.LF_SYMLINK -> TarEntry.Kind.SYMBOLIC_LINK;
      case TarConstants.LF_LINK -> TarEntry.Kind.HARD_LINK;
      case TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO -> TarEntry.Kind.NODE;
      default ->
          throw ImageRefusedException.ofEntry(
              ImageRefusal.UNSUPPORTED, current, "is of a kind that Kiln does not know");
    };
  }

  private String target(TarArchiveEntry header, TarEntry.Kind kind) throws ImageRefusedException {
    return switch (kind) {
      case SYMBOLIC_LINK -> {
        TarName.checkText(current, header.getLinkName(), budget.limits());
        yield header.getLinkName();
      }
      case HARD_LINK -> TarName.normalise(current, header.getLinkName(), budget.limits());
      case FILE, DIRECTORY, NODE -> "";
    };
  }

  private static Instant modified(TarArchiveEntry header) {
    Instant time = header.getLastModifiedTime().toInstant();
    long seconds = Math.max(0, Math.min(MAX_TIME_SECONDS, time.getEpochSecond()));
    return seconds == time.getEpochSecond() ? time : Instant.ofEpochSecond(seconds);
  }

  private static SortedSet<String> attributes(TarArchiveEntry header) {
    SortedSet<String> attributes = new TreeSet<>();
    for (String property : header.getExtraPaxHeaders().keySet()) {
      for (String prefix : ATTRIBUTE_PREFIXES) {
        if (property.startsWith(prefix)) {
          attributes.add(property.substring(prefix.length()));
        }
      }
    }
    return attributes;
  }

  /** Tells whose fault a failure of {@code reading} is; {@code name} is where it happened. */
  private static <T> T reading(String name, Reading<T> reading)
      throws ImageRefusedException, IOException {
    try {
      return reading.read();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (TarBytes.RefusedIOException e) {
      throw e.refusal();
    } catch (IOException | IllegalArgumentException e) {
      throw ImageRefusedException.ofEntry(
          ImageRefusal.MALFORMED, name, "is damaged or cut short, or is followed by no header");
    }
  }
}
