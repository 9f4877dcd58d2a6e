package dev.kiln.load.run;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * One keep-alive connection with at most one call on its way. When the server ends it, the call
 * that was on its way has failed and the pool opens another connection in its place. Belongs to the
 * event loop.
 */
final class Connection extends ChannelInboundHandlerAdapter {

  private final ConnectionPool pool;
  private final ResponseDecoder decoder = new ResponseDecoder();
  private @Nullable Channel channel;
  private @Nullable Call call;

  Connection(ConnectionPool pool) {
    this.pool = pool;
  }

  ChannelFuture open(Bootstrap bootstrap) {
    return bootstrap.clone().handler(this).connect();
  }

  /** Sends a call; the connection must be open and free. */
  void send(Call next) {
    Channel open = channel;
    if (open == null || call != null) {
      throw new IllegalStateException("connection is not free");
    }
    call = next;
    byte[] encoded = next.request.encoded();
    ByteBuf out = open.alloc().ioBuffer(encoded.length).writeBytes(encoded);
    next.sentNanos = System.nanoTime();
    open.writeAndFlush(out, open.voidPromise());
  }

  /** Returns the call on its way, if any. */
  @Nullable Call call() {
    return call;
  }

  void close() {
    if (channel != null) {
      channel.close();
    }
  }

  /**
   * Gives the call on its way up and closes the connection, since its answer must not be taken for
   * another's.
   */
  void abandon(Failure failure) {
    fail(failure);
    close();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    pool.free(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      if (call == null) {
        close();
      } else if (decoder.decode(in)) {
        complete();
      }
    } finally {
      in.release();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    channel = null;
    if (call != null && decoder.endOfInput()) {
      complete();
    }
    fail(Failure.CONNECTION_LOST);
    pool.lost(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(
        cause instanceof MalformedResponseException
            ? Failure.MALFORMED_ANSWER
            : Failure.CONNECTION_LOST);
    context.close();
  }

  private void complete() {
    Call answered = call;
    call = null;
    boolean reusable = channel != null && !decoder.closes();
    pool.answered(
        new Exchange(
            answered.index,
            answered.dueNanos,
            answered.sentNanos,
            System.nanoTime(),
            decoder.head().status(),
            decoder.head(),
            decoder.bodyBytes()));
    decoder.reset();
    if (reusable) {
      pool.free(this);
    } else {
      close();
    }
  }

  private void fail(Failure failure) {
    Call lost = call;
    call = null;
    decoder.reset();
    if (lost != null) {
      pool.failed(lost, failure);
    }
  }
}
