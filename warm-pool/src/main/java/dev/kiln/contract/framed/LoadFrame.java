package dev.kiln.contract.framed;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * {@code LOAD} of one version, encoded once and sent to each of its sandboxes.
 *
 * <p>Immutable and thread-safe: it keeps its arrays to itself.
 */
public final class LoadFrame {

  private final byte[] head;
  private final byte[] bundle;

  /**
   * Encodes it.
   *
   * @param configuration JSON as docs/framed.md has it
   * @param bundle what the runtime compiled at deployment, or nothing; not copied
   */
  public LoadFrame(byte[] configuration, byte[] bundle) {
    ByteBuf frame = Unpooled.buffer(FrameReader.HEADER_BYTES + 4 + configuration.length);
    int length = 4 + configuration.length + bundle.length;
    Frames.header(frame, length, FrameType.LOAD, 0)
        .writeIntLE(configuration.length)
        .writeBytes(configuration);
    this.head = frame.array();
    this.bundle = bundle;
  }

  /** Returns the frame's bytes, in memory that a socket takes as it is. */
  ByteBuf bytes(ByteBufAllocator allocator) {
    return allocator.directBuffer(head.length + bundle.length).writeBytes(head).writeBytes(bundle);
  }
}
