package dev.kiln.load.run;

import io.netty.buffer.ByteBuf;

/**
 * Finds where an answer ends. It keeps the head and counts the body's bytes without keeping them:
 * Netty's own codec would cost several times as much as the rest of a call. One per connection; one
 * answer at a time, since calls are not pipelined.
 *
 * <p>Framing follows RFC 9112 section 6.3: 1xx answers are skipped, 204 and 304 have no body, then
 * chunked, then Content-Length, else the body ends with the connection.
 */
final class ResponseDecoder {

  private enum State {
    HEAD,
    FIXED_BODY,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILER,
    BODY_UNTIL_CLOSE,
    COMPLETE
  }

  private final ResponseHead head = new ResponseHead();
  private State state = State.HEAD;
  private long remaining;
  private int lineLength;
  private long bodyBytes;

  /**
   * Consumes bytes and returns whether the answer is complete; what follows it stays in {@code in}.
   */
  boolean decode(ByteBuf in) {
    while (in.isReadable() && state != State.COMPLETE) {
      switch (state) {
        case HEAD -> readHead(in);
        case FIXED_BODY, CHUNK_DATA -> readBody(in);
        case CHUNK_SIZE -> readChunkSize(in.readByte());
        case CHUNK_END -> readChunkEnd(in.readByte());
        case TRAILER -> readTrailer(in.readByte());
        case BODY_UNTIL_CLOSE -> bodyBytes += skipAll(in);
        case COMPLETE -> throw new IllegalStateException("answer is complete");
      }
    }
    return state == State.COMPLETE;
  }

  /** Tells that the connection has ended and returns whether that completed an answer. */
  boolean endOfInput() {
    if (state == State.BODY_UNTIL_CLOSE) {
      state = State.COMPLETE;
    }
    return state == State.COMPLETE;
  }

  /** Prepares for the next answer on the connection. */
  void reset() {
    head.clear();
    state = State.HEAD;
    bodyBytes = 0;
  }

  ResponseHead head() {
    return head;
  }

  long bodyBytes() {
    return bodyBytes;
  }

  /** Returns whether the server will close the connection after this answer. */
  boolean closes() {
    return head.header("Connection").filter("close"::equalsIgnoreCase).isPresent();
  }

  private void readHead(ByteBuf in) {
    while (in.isReadable()) {
      if (head.append(in.readByte())) {
        chooseFraming();
        return;
      }
    }
  }

  private void chooseFraming() {
    int status = head.status();
    if (status < 200) {
      reset();
    } else if (status == 204 || status == 304) {
      state = State.COMPLETE;
    } else if (head.header("Transfer-Encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
      startChunk();
    } else {
      head.header("Content-Length")
          .ifPresentOrElse(this::expect, () -> state = State.BODY_UNTIL_CLOSE);
    }
  }

  private void expect(String contentLength) {
    remaining = parseLength(contentLength);
    state = remaining == 0 ? State.COMPLETE : State.FIXED_BODY;
  }

  private static long parseLength(String text) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new MalformedResponseException("Content-Length is not a number");
    }
  }

  private void readBody(ByteBuf in) {
    int take = (int) Math.min(remaining, in.readableBytes());
    in.skipBytes(take);
    bodyBytes += take;
    remaining -= take;
    if (remaining == 0) {
      state = state == State.FIXED_BODY ? State.COMPLETE : State.CHUNK_END;
    }
  }

  private static int skipAll(ByteBuf in) {
    int readable = in.readableBytes();
    in.skipBytes(readable);
    return readable;
  }

  private void startChunk() {
    state = State.CHUNK_SIZE;
    remaining = 0;
    lineLength = 0;
  }

  /**
   * Reads the hexadecimal size; a chunk extension after it is skipped, which {@code lineLength < 0}
   * remembers.
   */
  private void readChunkSize(byte next) {
    if (next == '\n') {
      state = remaining == 0 ? State.TRAILER : State.CHUNK_DATA;
      lineLength = 0;
    } else if (next == ';') {
      lineLength = Integer.MIN_VALUE;
    } else if (next != '\r' && lineLength >= 0) {
      int digit = Character.digit(next, 16);
      if (digit < 0 || ++lineLength > 15) {
        throw new MalformedResponseException("no chunk size");
      }
      remaining = remaining * 16 + digit;
    }
  }

  private void readChunkEnd(byte next) {
    if (next == '\n') {
      startChunk();
    } else if (next != '\r') {
      throw new MalformedResponseException("no line break after a chunk");
    }
  }

  private void readTrailer(byte next) {
    if (next == '\n') {
      state = lineLength == 0 ? State.COMPLETE : State.TRAILER;
      lineLength = 0;
    } else if (next != '\r') {
      lineLength++;
    }
  }
}
