package dev.kiln.contract.framed;

import dev.kiln.contract.Answer;
import dev.kiln.contract.Invocation;
import dev.kiln.contract.InvocationException;
import dev.kiln.contract.framed.ConversationException.End;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's side of the talk with one sandbox, over the socket that it was born with.
 *
 * <p>It is used from one event loop at a time, and by one owner: whoever holds the sandbox. Between
 * two owners it may change loops ({@link #moveTo}) or rest on none ({@link #park}), so that a call
 * never crosses threads. At most one exchange is under way. Every exchange has a time limit;
 * passing it, breaking the contract or closing the socket ends the conversation for good, fails the
 * exchange and tells the owner, once.
 */
public final class Conversation {

  private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

  /** How long the socket's end may take to come once the sandbox is known to be gone. */
  private static final long END_MILLIS = 200;

  private final EpollDomainSocketChannel channel;
  private final FrameReader reader;
  private final Consumer<ConversationException> onEnd;
  private @Nullable Exchange<?> exchange;
  private @Nullable Future<?> timer;
  private volatile @Nullable ConversationException ended;

  private Conversation(
      int descriptor, PayloadBudget budget, Consumer<ConversationException> onEnd) {
    this.channel = new EpollDomainSocketChannel(descriptor, true);
    this.onEnd = onEnd;
    this.reader = new FrameReader(channel.alloc(), budget, Exchange.SMALL_BYTES, new Sink());
    channel.pipeline().addLast(new Handler());
  }

  /**
   * Begins to talk over {@code descriptor}, a non-blocking stream socket that from now on belongs
   * to the result.
   *
   * @param budget what unfinished messages of all conversations may hold
   * @param onEnd told once when the conversation has ended, on its loop
   */
  public static Conversation open(
      int descriptor, EventLoop loop, PayloadBudget budget, Consumer<ConversationException> onEnd) {
    Conversation conversation = new Conversation(descriptor, budget, onEnd);
    conversation.register(loop);
    return conversation;
  }

  /**
   * The same with a sandbox that has just been forked: completes, with the microseconds that
   * <em>enter</em> took, when it is locked down.
   */
  public static Newborn openNewborn(
      int descriptor,
      EventLoop loop,
      long timeoutNanos,
      PayloadBudget budget,
      Consumer<ConversationException> onEnd) {
    Conversation conversation = new Conversation(descriptor, budget, onEnd);
    Acknowledgement ready = new Acknowledgement(FrameType.READY);
    conversation.exchange = ready;
    conversation.reader.limit(ready.limit());
    conversation.register(loop).thenRun(() -> conversation.limitTime(ready, timeoutNanos));
    return new Newborn(conversation, ready.result);
  }

  /** A conversation whose other side is still entering its sandbox. */
  public record Newborn(Conversation conversation, CompletionStage<Long> ready) {}

  /** Returns the loop on which it lives, or last lived. */
  public EventLoop loop() {
    return channel.eventLoop();
  }

  /** Returns whether it can still be used. */
  public boolean isOpen() {
    return ended == null;
  }

  /**
   * Moves to {@code loop}; completes there. Without effect and at no cost if it lives there
   * already.
   */
  public CompletionStage<Void> moveTo(EventLoop loop) {
    if (!channel.isRegistered()) {
      return register(loop);
    }
    return channel.eventLoop() == loop ? DONE : park().thenCompose(parked -> register(loop));
  }

  /**
   * Leaves its loop. Until it moves to another, nothing that comes is read and its end goes
   * unnoticed.
   */
  public CompletionStage<Void> park() {
    CompletableFuture<Void> parked = new CompletableFuture<>();
    channel.deregister().addListener(done -> parked.complete(null));
    return parked;
  }

  /** Has the sandbox run the dummy calls that touch what a first call touches. */
  public CompletionStage<Long> warm(long timeoutNanos) {
    ByteBuf frame = Frames.empty(channel.alloc(), FrameType.WARM, 0);
    return begin(new Acknowledgement(FrameType.WARMED), timeoutNanos, frame);
  }

  /** Has the sandbox initialise a function; completes with the microseconds it took. */
  public CompletionStage<Long> load(LoadFrame load, long timeoutNanos) {
    return begin(new Load(), timeoutNanos, load.bytes(channel.alloc()));
  }

  /** Has the sandbox compile the code that is attached. */
  public CompletionStage<Bundle> compile(String handler, int maxBytes, long timeoutNanos) {
    return begin(new Compilation(maxBytes), timeoutNanos, Frames.compile(channel.alloc(), handler));
  }

  /**
   * Sends an invocation, and before it, in the same write, what initialises the function where that
   * is still to be done. Takes over the event's bytes.
   */
  public CompletionStage<Answer> invoke(
      Optional<LoadFrame> load, Invocation invocation, int maxAnswerBytes) {
    long nonce = ThreadLocalRandom.current().nextLong();
    Call call = new Call(nonce, maxAnswerBytes, load.isPresent());
    ByteBuf head = Frames.invoke(channel.alloc(), invocation, nonce);
    long nanos = invocation.deadline().remainingNanos();
    return load.isPresent()
        ? begin(call, nanos, load.get().bytes(channel.alloc()), head, invocation.event())
        : begin(call, nanos, head, invocation.event());
  }

  /**
   * Turns a sandbox that has initialised its function into a template: from now on it only forks
   * copies. The stage never completes but exceptionally, when the conversation ends.
   */
  public CompletionStage<Void> serveCopies(CopyListener listener) {
    Copies copies = new Copies(listener);
    if (!isGone()) {
      exchange = copies;
      reader.limit(copies.limit());
    } else {
      copies.result.completeExceptionally(notBegun());
    }
    return copies.result;
  }

  /** Asks a template for one copy, which bears the number {@code copy} from now on. */
  public void fork(long copy) {
    tell(FrameType.FORK, copy);
  }

  /** Asks a template to kill a copy. */
  public void killCopy(long copy) {
    tell(FrameType.KILL_COPY, copy);
  }

  /** Asks a template that has no busy copy to remove what they left. */
  public void clean() {
    tell(FrameType.CLEAN, 0);
  }

  /** Ends it. May be called from any thread and more than once. */
  public void close() {
    if (channel.eventLoop().inEventLoop()) {
      end(new ConversationException(End.ABANDONED, "The conversation was closed."));
    } else {
      channel.eventLoop().execute(this::close);
    }
  }

  /**
   * Is told that the sandbox is known to be gone. Its socket's end comes by itself, and says
   * whether what was sent had been read; a conversation that rests on no loop, or whose socket is
   * held open by a descriptor that the sandbox has sent somewhere, is ended here. May be called
   * from any thread.
   */
  public void peerGone() {
    if (ended != null) {
      return;
    }
    if (channel.isRegistered()) {
      loop().schedule(this::endClosed, END_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      loop().execute(this::endClosed);
    }
  }

  private void endClosed() {
    end(new ConversationException(End.CLOSED, "The sandbox is gone."));
  }

  private CompletionStage<Void> register(EventLoop loop) {
    CompletableFuture<Void> registered = new CompletableFuture<>();
    loop.register(channel)
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                end(new ConversationException(End.UNREAD, "The sandbox's socket is closed."));
              }
              registered.complete(null);
            });
    return registered;
  }

  private <T> CompletionStage<T> begin(Exchange<T> next, long timeoutNanos, ByteBuf... frames) {
    if (isGone() || exchange != null) {
      for (ByteBuf frame : frames) {
        frame.release();
      }
      next.result.completeExceptionally(notBegun());
      return next.result;
    }
    exchange = next;
    reader.limit(next.limit());
    for (ByteBuf frame : frames) {
      channel.write(frame, channel.voidPromise());
    }
    channel.flush();
    limitTime(next, timeoutNanos);
    return next.result;
  }

  /** Includes the moment when the socket has been closed and the handler is yet to be told. */
  private boolean isGone() {
    return ended != null || !channel.isActive();
  }

  private RuntimeException notBegun() {
    return isGone()
        ? new ConversationException(End.UNREAD, "The sandbox is gone.")
        : new IllegalStateException("The sandbox is still busy with an earlier question.");
  }

  private void tell(FrameType type, long nonce) {
    if (ended == null) {
      channel.writeAndFlush(Frames.empty(channel.alloc(), type, nonce), channel.voidPromise());
    }
  }

  private void limitTime(Exchange<?> limited, long nanos) {
    if (exchange == limited) {
      timer = loop().schedule(() -> timedOut(limited), Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }
  }

  private void timedOut(Exchange<?> limited) {
    if (exchange == limited) {
      end(new ConversationException(End.TIMED_OUT, "The sandbox did not answer in time."));
    }
  }

  private void finish() {
    exchange = null;
    reader.limit(Exchange.SMALL_BYTES);
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void end(ConversationException reason) {
    if (ended != null) {
      return;
    }
    ended = reason;
    Exchange<?> failed = exchange;
    finish();
    reader.close();
    channel.close();
    if (failed != null) {
      failed.result.completeExceptionally(reason);
    }
    onEnd.accept(reason);
  }

  private <T> void accept(
      Exchange<T> current, FrameType type, long nonce, long micros, ByteBuf payload) {
    try {
      T result = current.accept(type, nonce, micros, payload);
      if (result != null) {
        finish();
        current.result.complete(result);
      }
    } catch (ConversationException e) {
      end(e);
    } catch (InvocationException e) {
      finish();
      current.result.completeExceptionally(e);
    }
  }

  /** Frames, from the reader. */
  private final class Sink implements FrameSink {

    @Override
    public void frame(FrameType type, long nonce, long micros, ByteBuf payload) {
      Exchange<?> current = exchange;
      try {
        if (current == null) {
          end(Exchange.unexpected(type));
        } else {
          accept(current, type, nonce, micros, payload);
        }
      } finally {
        payload.release();
      }
    }

    @Override
    public void refused(ConversationException reason) {
      end(reason);
    }
  }

  /** Bytes and the socket's end, from Netty. */
  private final class Handler extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      reader.read((ByteBuf) message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      end(new ConversationException(End.CLOSED, "The sandbox closed its socket."));
    }

    /**
     * A peer that dies with bytes unread makes the next read fail so; one that has died before, the
     * next write.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      boolean unread =
          cause instanceof ClosedChannelException
              || cause instanceof NativeIoException io
                  && (io.expectedErr() == Errors.ERRNO_ECONNRESET_NEGATIVE
                      || io.expectedErr() == Errors.ERRNO_EPIPE_NEGATIVE);
      end(
          new ConversationException(
              unread ? End.UNREAD : End.CLOSED, "The sandbox's socket failed."));
    }
  }
}
