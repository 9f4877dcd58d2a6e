package dev.kiln.contract.framed;

import dev.kiln.contract.Answer;
import dev.kiln.contract.InvocationException.Fault;
import dev.kiln.contract.framed.ConversationException.End;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** {@code INVOKE}, behind {@code LOAD} where the sandbox has no code yet. */
final class Call extends Exchange<Answer> {

  private final long nonce;
  private final int maxAnswerBytes;
  private boolean loading;
  private long initMicros;

  Call(long nonce, int maxAnswerBytes, boolean loading) {
    this.nonce = nonce;
    this.maxAnswerBytes = maxAnswerBytes;
    this.loading = loading;
  }

  @Override
  int limit() {
    return Math.max(maxAnswerBytes, SMALL_BYTES);
  }

  @Override
  @Nullable Answer accept(FrameType type, long frameNonce, long micros, ByteBuf payload) {
    if (loading) {
      initMicros = Load.loadedMicros(type, micros, payload);
      loading = false;
      return null;
    }
    if (type != FrameType.ANSWER && type != FrameType.FAILED) {
      throw unexpected(type);
    }
    if (frameNonce != nonce) {
      throw new ConversationException(
          End.VIOLATION, "The sandbox answered another invocation than it was sent.");
    }
    if (type == FrameType.FAILED) {
      throw FunctionError.read(payload).toException(Fault.RAISED);
    }
    if (payload.readableBytes() > maxAnswerBytes) {
      throw new ConversationException(
          End.TOO_LARGE,
          "The answer has "
              + payload.readableBytes()
              + " bytes, more than "
              + maxAnswerBytes
              + ".");
    }
    return new Answer(payload.retain(), initMicros, micros);
  }
}
