package dev.kiln.gateway.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one HTTP/1 connection whose answers have not been written to its socket yet.
 * Vert.x queues requests that come before their turn, and writes answers whether anybody takes them
 * or not, both without a bound. So their number is bounded here; each but the first takes a share
 * of the node's budget, for itself and for its answer; and a client that does not take an answer in
 * time is cut off, as is one that goes beyond a bound: there is no answer that it could be given
 * before the others.
 *
 * <p>Stands right before Vert.x' own handler, on the connection's event loop.
 */
final class PipelinedRequests extends ChannelDuplexHandler {

  /** The requests of a connection that may wait for their turn, or for their answer to be taken. */
  static final int MOST = 64;

  /** About what a request that waits takes in memory beside its head's text. */
  static final int REQUEST_BYTES = 4096;

  private final ByteBudget budget;
  private final Duration timeout;
  private final ArrayDeque<Event.Share> unanswered = new ArrayDeque<>();
  private int unwritten;
  private @Nullable Future<?> timer;
  private boolean cutOff;

  /** Creates it for a connection whose first request has just come. */
  PipelinedRequests(ByteBudget budget, Duration timeout) {
    this.budget = budget;
    this.timeout = timeout;
    unanswered.add(new Event.Share(budget));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!cutOff && message instanceof HttpRequest request && !admit(request)) {
      cutOff(context);
    }
    if (cutOff) {
      ReferenceCountUtil.release(message);
    } else {
      context.fireChannelRead(message);
    }
  }

  private boolean admit(HttpRequest request) {
    int before = unanswered.size() + unwritten;
    Event.Share share = new Event.Share(budget);
    if (before == MOST || before > 0 && !share.grow(REQUEST_BYTES + headBytes(request))) {
      return false;
    }
    unanswered.add(share);
    return true;
  }

  private static int headBytes(HttpRequest request) {
    int bytes = request.uri().length();
    for (Map.Entry<String, String> header : request.headers()) {
      bytes += header.getKey().length() + header.getValue().length();
    }
    return bytes;
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    Event.Share share = unanswered.peek();
    if (share == null || isInterim(message) || !(message instanceof HttpContent content)) {
      context.write(message, promise);
      return;
    }
    boolean pipelined = unanswered.size() + unwritten > 1;
    boolean held = !pipelined || share.grow(content.content().readableBytes());
    if (message instanceof LastHttpContent) {
      unanswered.remove();
      unwritten++;
      context.write(message, promise.unvoid().addListener(done -> written(context, share)));
    } else {
      context.write(message, promise);
    }
    if (!held) {
      cutOff(context);
    }
  }

  /** One that says to go on, before the answer. */
  private static boolean isInterim(Object message) {
    return message instanceof HttpResponse response
        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }

  private void written(ChannelHandlerContext context, Event.Share share) {
    share.close();
    unwritten--;
    stopTimer();
    startTimer(context);
  }

  @Override
  public void flush(ChannelHandlerContext context) {
    context.flush();
    startTimer(context); // most answers fit into the socket's buffer: those need none
  }

  private void startTimer(ChannelHandlerContext context) {
    if (timer == null && unwritten > 0 && context.channel().isActive()) {
      timer =
          context
              .executor()
              .schedule(() -> cutOff(context), timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void cutOff(ChannelHandlerContext context) {
    cutOff = true;
    SlowClients.cutOff(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    stopTimer();
    unanswered.forEach(Event.Share::close);
    unanswered.clear();
    context.fireChannelInactive();
  }
}
