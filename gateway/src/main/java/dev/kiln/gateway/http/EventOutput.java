package dev.kiln.gateway.http;

import dev.kiln.gateway.problem.ProblemException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.OutputStream;
import java.util.function.Supplier;

/**
 * Takes an event that is made of a request here. A character may become six when it is written as
 * JSON: so its bytes are limited and counted as those that come in are.
 */
public final class EventOutput extends OutputStream {

  private final ByteBuf content = PooledByteBufAllocator.DEFAULT.directBuffer();
  private final Event.Share share;
  private final long maxBytes;
  private final Supplier<ProblemException> tooLarge;

  EventOutput(Event.Share share, long maxBytes, Supplier<ProblemException> tooLarge) {
    this.share = share;
    this.maxBytes = maxBytes;
    this.tooLarge = tooLarge;
  }

  @Override
  public void write(int single) {
    write(new byte[] {(byte) single}, 0, 1);
  }

  /**
   * Appends bytes.
   *
   * @throws ProblemException if the event is too large, or the node holds too much already
   */
  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (content.readableBytes() + length > maxBytes) {
      throw tooLarge.get();
    }
    if (!share.grow(length)) {
      throw EventReader.tooMuchHeld();
    }
    content.writeBytes(bytes, offset, length);
  }

  /** Returns what was written; whoever made this releases it. */
  public ByteBuf content() {
    return content;
  }
}
