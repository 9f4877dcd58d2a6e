package dev.kiln.log;

import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.NativeBuffer;

/** The memory that one thread reads pipes into: one piece outside of the heap and one inside. */
final class PipeReader {

  /** As much as a pipe holds unless it was enlarged. */
  static final int BYTES = 64 * 1024;

  private final NativeBuffer buffer = new NativeBuffer(BYTES);
  private final byte[] chunk = new byte[BYTES];

  /**
   * Reads what {@code pipe} holds, at most {@link #BYTES}; returns what {@link Linux#read} does.
   */
  int read(FileDescriptor pipe) {
    int length = Linux.read(pipe, buffer, 0, BYTES);
    if (length > 0) {
      buffer.bytes().get(0, chunk, 0, length);
    }
    return length;
  }

  /** Returns the bytes that were read last. */
  byte[] chunk() {
    return chunk;
  }
}
