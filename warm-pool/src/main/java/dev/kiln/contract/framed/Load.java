package dev.kiln.contract.framed;

import dev.kiln.contract.InvocationException.Fault;
import io.netty.buffer.ByteBuf;

/**
 * {@code LOAD} alone: the sandbox initialises the function and waits. The result is the time it
 * took, in µs.
 */
final class Load extends Exchange<Long> {

  @Override
  int limit() {
    return FunctionError.MAX_BYTES;
  }

  @Override
  Long accept(FrameType type, long nonce, long micros, ByteBuf payload) {
    return loadedMicros(type, micros, payload);
  }

  /** Returns what initialisation took, if the frame says that it succeeded. */
  static long loadedMicros(FrameType type, long micros, ByteBuf payload) {
    if (type == FrameType.INIT_FAILED) {
      throw FunctionError.read(payload).toException(Fault.INIT_FAILED);
    }
    if (type != FrameType.LOADED) {
      throw unexpected(type);
    }
    return micros;
  }
}
