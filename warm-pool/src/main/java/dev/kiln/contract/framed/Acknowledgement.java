package dev.kiln.contract.framed;

import dev.kiln.contract.framed.ConversationException.End;
import io.netty.buffer.ByteBuf;
import java.util.Optional;

/** A question whose answer is one frame without contents; the result is the time it took, in µs. */
final class Acknowledgement extends Exchange<Long> {

  private final FrameType expected;

  Acknowledgement(FrameType expected) {
    this.expected = expected;
  }

  @Override
  Long accept(FrameType type, long nonce, long micros, ByteBuf payload) {
    if (type == FrameType.ENTER_FAILED && expected == FrameType.READY) {
      throw enterFailed(payload);
    }
    if (type != expected) {
      throw unexpected(type);
    }
    return micros;
  }

  private static ConversationException enterFailed(ByteBuf payload) {
    Optional<String> where =
        payload.readableBytes() == 8
            ? Optional.of(
                "at step "
                    + payload.getIntLE(payload.readerIndex())
                    + " with error "
                    + payload.getIntLE(payload.readerIndex() + 4))
            : Optional.empty();
    return new ConversationException(
        End.ENTER_FAILED,
        "The sandbox could not lock itself down (" + where.orElse("it did not say where") + ").");
  }
}
