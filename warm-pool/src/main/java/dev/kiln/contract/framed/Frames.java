package dev.kiln.contract.framed;

import dev.kiln.contract.Invocation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** Writes the frames that go to a sandbox. */
final class Frames {

  private static final int CONTEXT_BYTES = 192;

  private Frames() {}

  /** Returns a frame without payload. */
  static ByteBuf empty(ByteBufAllocator allocator, FrameType type, long nonce) {
    return header(allocator.directBuffer(FrameReader.HEADER_BYTES), 0, type, nonce);
  }

  /** Returns {@code COMPILE}. */
  static ByteBuf compile(ByteBufAllocator allocator, String handler) {
    StringBuilder json = new StringBuilder("{\"handler\":");
    JsonText.quote(json, handler).append('}');
    byte[] payload = json.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuf frame = allocator.directBuffer(FrameReader.HEADER_BYTES + payload.length);
    return header(frame, payload.length, FrameType.COMPILE, 0).writeBytes(payload);
  }

  /**
   * Returns {@code INVOKE} without the event, which has to follow it: the event's bytes are never
   * copied.
   */
  static ByteBuf invoke(ByteBufAllocator allocator, Invocation invocation, long nonce) {
    ByteBuf frame = allocator.directBuffer(FrameReader.HEADER_BYTES + CONTEXT_BYTES);
    frame.writerIndex(FrameReader.HEADER_BYTES + 12);
    int context = ByteBufUtil.writeUtf8(frame, context(invocation));
    int end = frame.writerIndex();
    frame.writerIndex(0);
    header(frame, 12 + context + invocation.event().readableBytes(), FrameType.INVOKE, nonce);
    frame.writeLongLE(invocation.deadline().epochMillis()).writeIntLE(context);
    return frame.writerIndex(end);
  }

  private static CharSequence context(Invocation invocation) {
    StringBuilder json = new StringBuilder(CONTEXT_BYTES).append("{\"requestId\":");
    JsonText.quote(json, invocation.requestId());
    invocation.traceId().ifPresent(trace -> JsonText.quote(json.append(",\"traceId\":"), trace));
    invocation
        .clientContext()
        .ifPresent(context -> json.append(",\"clientContext\":").append(context));
    return json.append('}');
  }

  static ByteBuf header(ByteBuf frame, int length, FrameType type, long nonce) {
    return frame
        .writeIntLE(length)
        .writeShortLE(type.code())
        .writeShortLE(0)
        .writeLongLE(nonce)
        .writeLongLE(0);
  }
}
