package dev.kiln.contract.framed;

import io.netty.buffer.ByteBuf;

/** Takes what a {@link FrameReader} finds. */
interface FrameSink {

  /**
   * Takes one frame.
   *
   * @param payload a slice of what was read; the sink releases it
   */
  void frame(FrameType type, long nonce, long micros, ByteBuf payload);

  /** Is told, once, that what came is no frame or one that is too large. Nothing follows. */
  void refused(ConversationException reason);
}
