package dev.kiln.contract.framed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.contract.Answer;
import dev.kiln.contract.Deadline;
import dev.kiln.contract.Invocation;
import dev.kiln.contract.InvocationException.Fault;
import dev.kiln.contract.InvocationException.OfFunction;
import dev.kiln.contract.framed.ConversationException.End;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.Linux.Pair;
import dev.kiln.linux.Linux.SocketType;
import dev.kiln.linux.NativeBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A conversation over a real socket, whose other side is this test's hands. */
class ConversationTest {

  private static final int LIMIT = 1000;
  private static final LoadFrame LOAD = new LoadFrame(new byte[] {'{', '}'}, new byte[0]);

  private final EventLoopGroup loops = new EpollEventLoopGroup(2);
  private final EventLoop loop = loops.next();
  private static final PayloadBudget BUDGET = new PayloadBudget(64L << 20);
  private final EventLoop other = loops.next();
  private final Pair pair = Linux.socketPair(SocketType.STREAM);
  private final FileDescriptor peer = pair.second();
  private final NativeBuffer buffer = new NativeBuffer(64 * 1024);
  private final List<End> ends = new CopyOnWriteArrayList<>();
  private Conversation conversation;

  @BeforeEach
  void open() {
    Linux.setNonBlocking(pair.first());
    conversation =
        Conversation.open(pair.first().release(), loop, BUDGET, end -> ends.add(end.end()));
    moveTo(loop);
  }

  @AfterEach
  void close() {
    conversation.close();
    peer.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void sendsLoadAndInvocationTogetherAndTakesTheAnswer() throws Exception {
    CompletableFuture<Answer> answer = invoke(Optional.of(LOAD), Duration.ofSeconds(5));
    assertThat(receive().getShort(4)).isEqualTo((short) 1);
    ByteBuffer invocation = receive();
    assertThat(invocation.getShort(4)).isEqualTo((short) 2);
    send(FrameType.LOADED, 0, 70, "");
    send(FrameType.ANSWER, invocation.getLong(8), 9, "[1]");
    Answer received = answer.get(5, TimeUnit.SECONDS);
    assertThat(received.body().toString(StandardCharsets.UTF_8)).isEqualTo("[1]");
    assertThat(received.initMicros()).isEqualTo(70);
    assertThat(received.handlerMicros()).isEqualTo(9);
    received.body().release();
    assertThat(conversation.isOpen()).isTrue();
  }

  @Test
  void goesOnAfterTheHandlerRaised() throws Exception {
    CompletableFuture<Answer> answer = invoke(Optional.empty(), Duration.ofSeconds(5));
    send(FrameType.FAILED, receive().getLong(8), 1, "{\"errorType\":\"E\",\"errorMessage\":\"m\"}");
    assertThat(failure(answer))
        .isInstanceOfSatisfying(
            OfFunction.class,
            error -> {
              assertThat(error.fault()).isEqualTo(Fault.RAISED);
              assertThat(error.errorType()).isEqualTo("E");
              assertThat(error).hasMessage("m");
            });
    assertThat(conversation.isOpen()).isTrue();
  }

  @Test
  void endsWithClosedWhenThePeerGoesAfterReading() throws Exception {
    CompletableFuture<Answer> answer = invoke(Optional.empty(), Duration.ofSeconds(5));
    receive();
    peer.close();
    assertThat(end(answer)).isEqualTo(End.CLOSED);
  }

  @Test
  void endsWithUnreadWhenThePeerGoesWithoutReading() throws Exception {
    CompletableFuture<Answer> answer = invoke(Optional.empty(), Duration.ofSeconds(5));
    Linux.awaitReadable(peer, 5000);
    peer.close();
    assertThat(end(answer)).isEqualTo(End.UNREAD);
  }

  @Test
  void endsWithUnreadWhenThePeerWentBefore() throws Exception {
    park();
    peer.close();
    moveTo(loop);
    assertThat(end(invoke(Optional.empty(), Duration.ofSeconds(5)))).isEqualTo(End.UNREAD);
  }

  @Test
  void endsAtTheDeadline() throws Exception {
    CompletableFuture<Answer> answer = invoke(Optional.empty(), Duration.ofMillis(20));
    assertThat(end(answer)).isEqualTo(End.TIMED_OUT);
    receive();
    assertThat(Linux.read(peer, buffer, 0, 1)).as("the socket is closed").isZero();
    awaitEnd(End.TIMED_OUT);
  }

  @Test
  void takesNoAnswerToAnotherInvocation() throws Exception {
    CompletableFuture<Answer> answer = invoke(Optional.empty(), Duration.ofSeconds(5));
    send(FrameType.ANSWER, receive().getLong(8) + 1, 1, "[1]");
    assertThat(end(answer)).isEqualTo(End.VIOLATION);
  }

  @Test
  void takesNothingThatWasNotAskedFor() throws Exception {
    send(FrameType.ANSWER, 1, 1, "");
    awaitEnd(End.VIOLATION);
  }

  @Test
  void takesNoSecondAnswer() throws Exception {
    CompletableFuture<Answer> answer = invoke(Optional.empty(), Duration.ofSeconds(5));
    long nonce = receive().getLong(8);
    send(FrameType.ANSWER, nonce, 1, "1");
    answer.get(5, TimeUnit.SECONDS).body().release();
    send(FrameType.ANSWER, nonce, 1, "2");
    awaitEnd(End.VIOLATION);
  }

  @Test
  void refusesAnAnswerAboveTheLimitBeforeItHasCome() throws Exception {
    CompletableFuture<Answer> answer = invoke(Optional.empty(), Duration.ofSeconds(5));
    ByteBuffer header = header(1 << 20, FrameType.ANSWER, receive().getLong(8), 1);
    write(header);
    assertThat(end(answer)).isEqualTo(End.TOO_LARGE);
  }

  @Test
  void refusesAnAnswerAboveTheLimitOfAnswersButBelowThatOfErrors() throws Exception {
    CompletableFuture<Answer> answer = invoke(Optional.empty(), Duration.ofSeconds(5));
    send(FrameType.ANSWER, receive().getLong(8), 1, "1".repeat(LIMIT + 1));
    assertThat(end(answer)).isEqualTo(End.TOO_LARGE);
  }

  @Test
  void refusesAnErrorThatIsNoJson() throws Exception {
    CompletableFuture<Answer> answer = invoke(Optional.empty(), Duration.ofSeconds(5));
    send(FrameType.FAILED, receive().getLong(8), 1, "{");
    assertThat(end(answer)).isEqualTo(End.VIOLATION);
  }

  @Test
  void movesToTheCallersLoop() throws Exception {
    moveTo(other);
    assertThat(conversation.loop()).isSameAs(other);
    CompletableFuture<Answer> answer =
        on(
            other,
            () -> conversation.invoke(Optional.empty(), invocation(Duration.ofSeconds(5)), LIMIT));
    CompletableFuture<Boolean> there = answer.thenApply(received -> other.inEventLoop());
    send(FrameType.ANSWER, receive().getLong(8), 1, "1");
    assertThat(there.get(5, TimeUnit.SECONDS)).isTrue();
    answer.join().body().release();
  }

  @Test
  void findsWhatCameWhileItRestedOnNoLoop() throws Exception {
    park();
    send(FrameType.ANSWER, 1, 1, "");
    TimeUnit.MILLISECONDS.sleep(20);
    assertThat(ends).isEmpty();
    moveTo(other);
    awaitEnd(End.VIOLATION);
  }

  @Test
  void tellsANewbornThatFailedToEnterWhereItFailed() throws Exception {
    try (Pair born = Linux.socketPair(SocketType.STREAM)) {
      Linux.setNonBlocking(born.first());
      Conversation.Newborn newborn =
          Conversation.openNewborn(
              born.first().release(), loop, Duration.ofSeconds(5).toNanos(), BUDGET, e -> {});
      ByteBuffer frame = header(8, FrameType.ENTER_FAILED, 0, 0);
      ByteBuffer payload =
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(13).putInt(1);
      write(born.second(), frame);
      write(born.second(), payload);
      assertThat(failure(newborn.ready().toCompletableFuture()))
          .hasMessageContaining("step 13 with error 1");
    }
  }

  private void awaitEnd(End expected) throws InterruptedException {
    long until = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (ends.isEmpty() && System.nanoTime() < until) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    assertThat(ends).containsExactly(expected);
  }

  private CompletableFuture<Answer> invoke(Optional<LoadFrame> load, Duration timeout) {
    return on(loop, () -> conversation.invoke(load, invocation(timeout), LIMIT));
  }

  private static Invocation invocation(Duration timeout) {
    ByteBuf event = Unpooled.copiedBuffer("{}", StandardCharsets.UTF_8);
    return new Invocation("r", Deadline.in(timeout), event, Optional.empty(), Optional.empty());
  }

  /** Asks for something on a loop; returns what was asked for. */
  private static <T> CompletableFuture<T> on(EventLoop where, Callable<CompletionStage<T>> work) {
    return where.submit(work).syncUninterruptibly().getNow().toCompletableFuture();
  }

  private void park() {
    on(loop, conversation::park).join();
  }

  private void moveTo(EventLoop where) {
    on(loop, () -> conversation.moveTo(where)).join();
  }

  private static Throwable failure(CompletableFuture<?> future) throws Exception {
    try {
      future.get(5, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return e.getCause();
    }
    throw new AssertionError("it did not fail");
  }

  private static End end(CompletableFuture<?> future) throws Exception {
    return ((ConversationException) failure(future)).end();
  }

  private void send(FrameType type, long nonce, int micros, String payload) {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    // In one write: a frame may end the conversation as soon as its header is there.
    write(
        ByteBuffer.allocate(24 + bytes.length)
            .put(header(bytes.length, type, nonce, micros).rewind())
            .put(bytes));
  }

  private static ByteBuffer header(int length, FrameType type, long nonce, int micros) {
    return ByteBuffer.allocate(24)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(length)
        .putShort((short) type.code())
        .putShort((short) 0)
        .putLong(nonce)
        .putInt(micros)
        .putInt(0);
  }

  private void write(ByteBuffer bytes) {
    write(peer, bytes);
  }

  private void write(FileDescriptor to, ByteBuffer bytes) {
    buffer.bytes().put(0, bytes.rewind(), 0, bytes.capacity());
    assertThat(Linux.write(to, buffer, 0, bytes.capacity())).isEqualTo(bytes.capacity());
  }

  /** Returns the next frame's header, having read its payload. */
  private ByteBuffer receive() {
    ByteBuffer header = read(24);
    read(header.getInt(0));
    return header;
  }

  private ByteBuffer read(int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      int count = Linux.read(peer, buffer, 0, bytes.remaining());
      assertThat(count).as("bytes read").isPositive();
      for (int i = 0; i < count; i++) {
        bytes.put(buffer.bytes().get(i));
      }
    }
    return bytes.flip();
  }
}
