package dev.kiln.load.run;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The least that can answer: whatever it reads, it sends the same small answer. What the generator
 * takes against it is the generator's own cost and that of loopback, and its calls a second are the
 * generator's ceiling.
 */
public final class Reflector implements AutoCloseable {

  private static final String BODY = "{\"a\":[1,22]}";

  private static final byte[] ANSWER =
      String.join(
              "\r\n",
              "HTTP/1.1 200 OK",
              "Content-Type: application/json",
              "Content-Length: " + BODY.length(),
              "",
              BODY)
          .getBytes(StandardCharsets.US_ASCII);

  private final EpollEventLoopGroup group =
      new EpollEventLoopGroup(1, new DefaultThreadFactory("reflector", true));
  private final Channel listener;

  /** Starts listening on a free port of the loopback interface. */
  public Reflector() {
    listener =
        new ServerBootstrap()
            .group(group)
            .channel(EpollServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Answering())
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
  }

  /** Returns where it listens. */
  public Target target() {
    return new Target("127.0.0.1", ((InetSocketAddress) listener.localAddress()).getPort());
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Requests here are small enough to come in one piece. */
  @Sharable
  private static final class Answering extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ((ByteBuf) message).release();
      context.writeAndFlush(
          context.alloc().ioBuffer(ANSWER.length).writeBytes(ANSWER), context.voidPromise());
    }
  }
}
