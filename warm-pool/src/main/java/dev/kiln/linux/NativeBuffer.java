package dev.kiln.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import jnr.ffi.Pointer;

/**
 * Memory outside of the heap that system calls read and write, with its address at hand so that a
 * call allocates nothing. The memory lives as long as this object; not thread-safe.
 */
public final class NativeBuffer {

  private final ByteBuffer bytes;
  private final long address;

  /** Allocates {@code capacity} zeroed bytes. */
  public NativeBuffer(int capacity) {
    bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
    address = Pointer.wrap(jnr.ffi.Runtime.getRuntime(LibC.FUNCTIONS), bytes).address();
  }

  /** Returns a buffer that holds {@code text} in UTF-8 with the NUL that C expects. */
  static NativeBuffer ofString(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    NativeBuffer buffer = new NativeBuffer(encoded.length + 1);
    buffer.bytes.put(0, encoded);
    return buffer;
  }

  /**
   * Returns the memory, in the machine's byte order; use absolute positions, its own mean nothing.
   */
  public ByteBuffer bytes() {
    return bytes;
  }

  public int capacity() {
    return bytes.capacity();
  }

  long address() {
    return address;
  }

  /** Returns the address of {@code offset}, having checked that {@code length} bytes lie there. */
  long address(int offset, int length) {
    if (offset < 0 || length < 0 || offset > bytes.capacity() - length) {
      throw new IndexOutOfBoundsException(
          "bytes " + offset + "+" + length + " of a buffer of " + bytes.capacity());
    }
    return address + offset;
  }
}
