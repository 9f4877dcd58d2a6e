package dev.kiln.contract.framed;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One question to a sandbox and what has to come back. A conversation has at most one at a time,
 * and a frame that comes without one is a violation: so nothing a sandbox sends early, twice or
 * late is ever taken for an answer.
 *
 * @param <T> the result
 */
abstract class Exchange<T> {

  /** Largest payload of the messages that carry errors or figures, not answers. */
  static final int SMALL_BYTES = 64 * 1024;

  final CompletableFuture<T> result = new CompletableFuture<>();

  /** Returns the largest payload that may come. */
  int limit() {
    return SMALL_BYTES;
  }

  /**
   * Takes a frame.
   *
   * @param payload belongs to the caller; retained where it is kept
   * @return the result, or null while more has to come
   * @throws dev.kiln.contract.InvocationException if the exchange ends so, and the conversation may
   *     go on
   * @throws ConversationException if the conversation cannot go on
   */
  abstract @Nullable T accept(FrameType type, long nonce, long micros, ByteBuf payload);

  /** Returns the violation that a frame is which nobody asked for. */
  static ConversationException unexpected(FrameType type) {
    return new ConversationException(
        ConversationException.End.VIOLATION,
        "The sandbox sent " + type + " where the contract has no place for it.");
  }
}
