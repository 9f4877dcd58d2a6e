package dev.kiln.contract.framed;

import dev.kiln.contract.InvocationException.Fault;
import dev.kiln.contract.InvocationException.OfFunction;
import dev.kiln.contract.framed.ConversationException.End;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The exchange of a template: it goes on until the conversation ends. */
final class Copies extends Exchange<Void> {

  private final CopyListener listener;

  Copies(CopyListener listener) {
    this.listener = listener;
  }

  @Override
  @Nullable Void accept(FrameType type, long nonce, long micros, ByteBuf payload) {
    switch (type) {
      case FORKED -> listener.forked(nonce);
      case FORK_REFUSED -> refused(nonce, FunctionError.read(payload));
      case COPY_EXITED -> listener.exited(nonce, waitStatus(payload));
      case CLEANED -> listener.cleaned();
      case LOAD,
          INVOKE,
          COMPILE,
          WARM,
          FORK,
          KILL_COPY,
          CLEAN,
          READY,
          LOADED,
          INIT_FAILED,
          ANSWER,
          FAILED,
          COMPILED,
          WARMED,
          ENTER_FAILED ->
          throw unexpected(type);
    }
    return null;
  }

  private void refused(long copy, FunctionError error) {
    OfFunction failure = error.toException(Fault.RAISED);
    listener.refused(copy, failure.errorType(), String.valueOf(failure.getMessage()));
  }

  private static int waitStatus(ByteBuf payload) {
    if (payload.readableBytes() != 4) {
      throw new ConversationException(
          End.VIOLATION, "The sandbox sent a wait status that is none.");
    }
    return payload.getIntLE(payload.readerIndex());
  }
}
