package dev.kiln.contract.framed;

import dev.kiln.contract.framed.ConversationException.End;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes that come from a sandbox into frames. A frame that one read brought whole, which
 * is nearly every one, is handed on as a slice of that read. One that is spread over reads is
 * copied once into a buffer that grows with what really came, by doubling: a header that announces
 * much, and a sandbox that sends byte by byte, hold no more memory than twice the bytes sent. What
 * such a frame holds beyond a small one comes out of the node's {@link PayloadBudget}, until it is
 * handed on or the reader is closed. Belongs to one thread at a time.
 */
final class FrameReader {

  static final int HEADER_BYTES = 24;
  private static final int FIRST_PART_BYTES = 256;

  /** What a frame that is not whole may hold without being counted, header included. */
  static final int FREE_BYTES = HEADER_BYTES + Exchange.SMALL_BYTES;

  private final ByteBufAllocator allocator;
  private final PayloadBudget budget;
  private final FrameSink sink;
  private int limit;
  private boolean open = true;
  private @Nullable ByteBuf part;
  private int counted;

  FrameReader(ByteBufAllocator allocator, PayloadBudget budget, int limit, FrameSink sink) {
    this.allocator = allocator;
    this.budget = budget;
    this.limit = limit;
    this.sink = sink;
  }

  /** Sets the largest payload that is let through from the next header on. */
  void limit(int bytes) {
    limit = bytes;
  }

  /** Takes what was read, and releases it. */
  void read(ByteBuf bytes) {
    try {
      while (open && bytes.isReadable()) {
        if (part != null) {
          continuePart(part, bytes);
        } else if (!takeWhole(bytes)) {
          return;
        }
      }
    } finally {
      bytes.release();
    }
  }

  /** Stops: what is held is released, nothing more reaches the sink. */
  void close() {
    open = false;
    if (part != null) {
      part.release();
      part = null;
    }
    giveBack();
  }

  /**
   * Hands on the frame at the reader index, or begins a part of it; false once everything has been
   * taken.
   */
  private boolean takeWhole(ByteBuf bytes) {
    int available = bytes.readableBytes();
    if (available >= HEADER_BYTES) {
      int length = acceptedLength(bytes, bytes.readerIndex());
      if (length < 0) {
        return false;
      }
      if (available >= HEADER_BYTES + length) {
        int start = bytes.readerIndex();
        bytes.skipBytes(HEADER_BYTES);
        deliver(bytes, start, bytes.readRetainedSlice(length));
        return true;
      }
    }
    if (mayHold(available)) {
      part = allocator.directBuffer(Math.max(FIRST_PART_BYTES, available));
      part.writeBytes(bytes);
    }
    return false;
  }

  /** Adds to a frame that an earlier read began, and hands it on when it is whole. */
  private void continuePart(ByteBuf held, ByteBuf bytes) {
    if (held.readableBytes() < HEADER_BYTES) {
      move(bytes, held, HEADER_BYTES - held.readableBytes());
      if (held.readableBytes() < HEADER_BYTES) {
        return;
      }
    }
    int length = acceptedLength(held, 0);
    if (length < 0) {
      return;
    }
    int missing = HEADER_BYTES + length - held.readableBytes();
    if (!mayHold(held.readableBytes() + Math.min(missing, bytes.readableBytes()))) {
      return;
    }
    move(bytes, held, missing);
    if (held.readableBytes() == HEADER_BYTES + length) {
      part = null;
      giveBack();
      deliver(held, 0, held.skipBytes(HEADER_BYTES));
    }
  }

  /** Counts what a frame that is not whole is about to hold; false after refusing. */
  private boolean mayHold(int bytes) {
    int more = Math.max(0, bytes - FREE_BYTES) - counted;
    if (more > 0 && !budget.take(more)) {
      refuse(
          End.NO_ROOM,
          "more than there is room for now: this node holds as many bytes of unfinished messages"
              + " as it may");
      return false;
    }
    counted += Math.max(0, more);
    return true;
  }

  private void giveBack() {
    budget.give(counted);
    counted = 0;
  }

  private static void move(ByteBuf from, ByteBuf to, int wanted) {
    to.writeBytes(from, Math.min(wanted, from.readableBytes()));
  }

  /** Checks the header at {@code start}; returns the payload's length, or -1 after refusing. */
  private int acceptedLength(ByteBuf bytes, int start) {
    long length = bytes.getUnsignedIntLE(start);
    if (length > limit) {
      return refuse(End.TOO_LARGE, "a payload of " + length + " bytes, more than " + limit);
    }
    int type = bytes.getUnsignedShortLE(start + 4);
    if (FrameType.fromSandbox(type).isEmpty()) {
      return refuse(End.VIOLATION, "a frame of unknown type " + type);
    }
    if (bytes.getShortLE(start + 6) != 0 || bytes.getIntLE(start + 20) != 0) {
      return refuse(End.VIOLATION, "a frame whose reserved bits are not zero");
    }
    return (int) length;
  }

  private int refuse(End end, String what) {
    close();
    sink.refused(new ConversationException(end, "The sandbox sent " + what + "."));
    return -1;
  }

  private void deliver(ByteBuf header, int start, ByteBuf payload) {
    Optional<FrameType> type = FrameType.fromSandbox(header.getUnsignedShortLE(start + 4));
    sink.frame(
        type.orElseThrow(),
        header.getLongLE(start + 8),
        header.getUnsignedIntLE(start + 16),
        payload);
  }
}
