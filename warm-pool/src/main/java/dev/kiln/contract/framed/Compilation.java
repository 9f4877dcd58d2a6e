package dev.kiln.contract.framed;

import dev.kiln.contract.InvocationException.Fault;
import dev.kiln.contract.framed.ConversationException.End;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** {@code COMPILE}. */
final class Compilation extends Exchange<Bundle> {

  private final int maxBytes;

  Compilation(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  int limit() {
    return maxBytes;
  }

  @Override
  Bundle accept(FrameType type, long nonce, long micros, ByteBuf payload) {
    if (type == FrameType.FAILED) {
      throw FunctionError.read(payload).toException(Fault.INIT_FAILED);
    }
    if (type != FrameType.COMPILED) {
      throw unexpected(type);
    }
    ByteBuf rest = payload.duplicate();
    long warnings = rest.readableBytes() < 4 ? -1 : rest.readUnsignedIntLE();
    if (warnings < 0 || warnings > rest.readableBytes()) {
      throw new ConversationException(
          End.VIOLATION, "The sandbox sent a bundle whose length is wrong.");
    }
    String json = rest.readCharSequence((int) warnings, StandardCharsets.UTF_8).toString();
    return new Bundle(ByteBufUtil.getBytes(rest), json);
  }
}
