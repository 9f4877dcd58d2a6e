package dev.kiln.image.archive;

import dev.kiln.image.Digest;
import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * The decompressed bytes of a tar on their way to its reader: digested, and cut off where they
 * break a limit. Skipping reads, so that nothing passes unseen.
 */
final class TarBytes extends InputStream {

  /** Carries a refusal through readers that know only {@link IOException}. */
  static final class RefusedIOException extends IOException {
    private static final long serialVersionUID = 1L;
    private final ImageRefusedException refusal;

    RefusedIOException(ImageRefusedException refusal) {
      super(refusal);
      this.refusal = refusal;
    }

    ImageRefusedException refusal() {
      return refusal;
    }
  }

  private final SourceBytes source;
  private final InputStream decompressed;
  private final TarBudget budget;
  private final MessageDigest sha256 = Digest.sha256();
  private String entry;
  private long count;
  private long end = Long.MAX_VALUE;

  TarBytes(SourceBytes source, InputStream decompressed, TarBudget budget, String name) {
    this.source = source;
    this.decompressed = decompressed;
    this.budget = budget;
    this.entry = name;
  }

  /**
   * Says that the reader looks for the next header: it may read {@code content} more bytes of the
   * last entry and a bounded number of header bytes, which it holds in memory.
   */
  void expectHeader(long content) {
    end = count + Math.min(content, Long.MAX_VALUE / 2) + ImageLimits.HEADER_BYTES;
  }

  /** Says that the reader reads the content of the entry called {@code name}. */
  void expectContent(String name) {
    entry = name;
    end = Long.MAX_VALUE;
  }

  Digest digest() {
    return Digest.finish(sha256);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = decompressed.read(buffer, offset, length);
    if (n > 0) {
      sha256.update(buffer, offset, n);
      count += n;
      check(n);
    }
    return n;
  }

  @Override
  public void close() throws IOException {
    decompressed.close();
  }

  private void check(int n) throws RefusedIOException {
    try {
      budget.spendBytes(entry, n);
      int ratio = budget.limits().ratio();
      if (count > ImageLimits.RATIO_FREE_BYTES && count / ratio > source.count()) {
        throw refused(ImageRefusal.RATIO, "is compressed more than " + ratio + "-fold");
      }
      if (count > end) {
        throw refused(
            ImageRefusal.NAME_TOO_LONG,
            "is followed by a header of more than " + ImageLimits.HEADER_BYTES + " bytes");
      }
    } catch (ImageRefusedException e) {
      throw new RefusedIOException(e);
    }
  }

  private ImageRefusedException refused(ImageRefusal refusal, String reason) {
    return ImageRefusedException.ofEntry(refusal, entry, reason);
  }
}
