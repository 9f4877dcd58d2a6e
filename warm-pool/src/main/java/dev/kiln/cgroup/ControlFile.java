package dev.kiln.cgroup;

import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.NativeBuffer;
import java.nio.file.Path;

/**
 * One file of a control group that holds a number, kept open: a write through an open file takes a
 * quarter of the time of one that opens and closes. Remembers what was written last and skips a
 * write that would change nothing.
 */
final class ControlFile implements AutoCloseable {

  /** The value that means no limit. */
  static final long NO_LIMIT = -1;

  private static final long UNKNOWN = Long.MIN_VALUE;
  private static final int MOST_CHARACTERS = 64;
  private static final int DECIMAL = 10;

  private final Path path;
  private final FileDescriptor file;
  private final NativeBuffer text;
  private final byte[] noLimit;
  private long written = UNKNOWN;

  private ControlFile(Path path, Linux.Access access, NativeBuffer text, String noLimit) {
    this.path = path;
    this.text = text;
    this.noLimit = noLimit.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    this.file = Linux.open(path, access);
  }

  /**
   * Opens a file that limits.
   *
   * @param text memory to write from, that files of one slot share
   * @param noLimit what the file takes for no limit
   */
  static ControlFile limit(Path path, NativeBuffer text, String noLimit) {
    return new ControlFile(path, Linux.Access.READ_WRITE, text, noLimit);
  }

  /** Opens a file that counts. */
  static ControlFile counter(Path path, NativeBuffer text) {
    return new ControlFile(path, Linux.Access.READ, text, "");
  }

  static NativeBuffer newText() {
    return new NativeBuffer(MOST_CHARACTERS);
  }

  /** Writes {@code value} unless it was the last one written. */
  void set(long value) {
    if (value == written) {
      return;
    }
    written = UNKNOWN;
    Linux.pwrite(file, text, format(value), 0);
    written = value;
  }

  /** Returns the number that the file holds now, {@link #NO_LIMIT} for a word. */
  long read() {
    int length = Linux.pread(file, text, MOST_CHARACTERS, 0);
    long value = 0;
    int i = 0;
    for (; i < length && Character.isDigit(text.bytes().get(i)); i++) {
      value = value * DECIMAL + text.bytes().get(i) - '0';
    }
    return i == 0 ? NO_LIMIT : value;
  }

  /**
   * Returns the value in force: the one written, else the one read; no limit is the largest number.
   */
  long current() {
    long value = written == UNKNOWN ? read() : written;
    return value == NO_LIMIT ? Long.MAX_VALUE : value;
  }

  /**
   * Compares what was written with what the file says.
   *
   * @param granularity the kernel may round down to a multiple of it
   * @throws IllegalStateException if they differ
   */
  void verify(long granularity) {
    long value = read();
    if (value != written
        && (value > written || written - value >= granularity || value == NO_LIMIT)) {
      throw new IllegalStateException(
          "wrote %d to %s but it says %d. Does another program write to Kiln's control groups?"
              .formatted(written, path, value));
    }
  }

  private int format(long value) {
    if (value == NO_LIMIT) {
      text.bytes().put(0, noLimit).put(noLimit.length, (byte) '\n');
      return noLimit.length + 1;
    }
    int digits = 1;
    for (long rest = value / DECIMAL; rest > 0; rest /= DECIMAL) {
      digits++;
    }
    long rest = value;
    for (int i = digits - 1; i >= 0; i--) {
      text.bytes().put(i, (byte) ('0' + rest % DECIMAL));
      rest /= DECIMAL;
    }
    text.bytes().put(digits, (byte) '\n');
    return digits + 1;
  }

  @Override
  public void close() {
    file.close();
  }
}
