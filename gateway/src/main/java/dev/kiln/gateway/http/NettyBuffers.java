package dev.kiln.gateway.http;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;

/**
 * The way between Vert.x' buffers and Netty's, without a copy. Vert.x deprecates its public one and
 * has no other before version 5; its only implementation has.
 */
final class NettyBuffers {

  private NettyBuffers() {}

  static ByteBuf of(Buffer buffer) {
    return ((BufferImpl) buffer).byteBuf();
  }

  /** Returns a buffer over {@code bytes}, which stay the caller's to release. */
  static Buffer of(ByteBuf bytes) {
    return BufferImpl.buffer(bytes);
  }
}
