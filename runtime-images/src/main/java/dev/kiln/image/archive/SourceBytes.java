package dev.kiln.image.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The bytes of an archive as they come, counted. Their source stays open. Its own failures leave as
 * {@link UncheckedIOException}, so that they are told from those of the decoders above it, which
 * are the sender's fault.
 */
final class SourceBytes extends InputStream {

  private final InputStream source;
  private long count;

  SourceBytes(InputStream source) {
    this.source = source;
  }

  long count() {
    return count;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    try {
      int n = source.read(buffer, offset, length);
      count += Math.max(n, 0);
      return n;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The JDK's gzip looks for another member only where there may be more bytes: there always may.
   */
  @Override
  public int available() {
    return 1;
  }
}
