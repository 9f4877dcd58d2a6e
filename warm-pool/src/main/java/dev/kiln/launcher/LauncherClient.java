package dev.kiln.launcher;

import dev.kiln.linux.Errno;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.LinuxException;
import dev.kiln.linux.SocketMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The conversation over the socket that the launcher gave this process. Any thread asks: it sends
 * at once, without waiting. One thread waits for answers and completes the stages. At most {@value
 * #UNDER_WAY} requests are under way, so that the launcher's queue never fills (a full one holds
 * about 270); up to {@value #MOST_WAITING} more wait here, which is enough to kill every sandbox of
 * the largest node at once.
 */
public final class LauncherClient implements Launcher {

  private static final Logger LOG = Logger.getLogger(LauncherClient.class);
  private static final int UNDER_WAY = 128;
  private static final int MOST_WAITING = 16_384;
  private static final int HELLO_MILLIS = 10_000;

  private final FileDescriptor socket;
  private final Welcome welcome;
  private final SocketMessage incoming;
  private final List<Consumer<LauncherListener>> early;

  private final Object sending = new Object();
  private final SocketMessage outgoing = new SocketMessage(Messages.REQUEST_BYTES, 0);
  private final @Nullable Request<?>[] underWay = new Request<?>[UNDER_WAY];
  private final ArrayDeque<Request<?>> waiting = new ArrayDeque<>();
  private int underWayCount;
  private int sequence;
  private boolean ended;
  private @Nullable Thread reader;

  private LauncherClient(
      FileDescriptor socket,
      SocketMessage incoming,
      Welcome welcome,
      List<Consumer<LauncherListener>> early) {
    this.socket = socket;
    this.incoming = incoming;
    this.welcome = welcome;
    this.early = early;
  }

  /**
   * Greets the launcher and waits for its welcome, ten seconds at most. Takes ownership of the
   * socket. From here on this process is not dumpable: whoever runs under the same user id could
   * else take the socket out of it with pidfd_getfd, and with it the launcher's ear.
   *
   * @throws LauncherException if the launcher is of another build or protocol
   */
  public static LauncherClient open(FileDescriptor socket) {
    Linux.setDumpable(false);
    return open(socket, Build.id());
  }

  static LauncherClient open(FileDescriptor socket, byte[] build) {
    try {
      SocketMessage message = new SocketMessage(Messages.REQUEST_BYTES, Messages.SPAWN_DESCRIPTORS);
      Request<Welcome> hello =
          Request.of(
              Operation.HELLO,
              0,
              body -> Messages.putHello(body, build),
              m -> Messages.welcome(m.payload()));
      hello.put(message.payload(), 1);
      message.send(socket, Messages.REQUEST_BYTES);
      List<Consumer<LauncherListener>> early = awaitWelcome(socket, message, hello);
      return new LauncherClient(socket, message, hello.stage().join(), early);
    } catch (CompletionException e) {
      socket.close();
      throw e.getCause() instanceof LauncherException refused ? refused : e;
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Receives until the answer to {@code hello}; a zygote may have come up before it, and is told
   * later.
   */
  private static List<Consumer<LauncherListener>> awaitWelcome(
      FileDescriptor socket, SocketMessage message, Request<Welcome> hello) {
    List<Consumer<LauncherListener>> early = new ArrayList<>();
    while (!hello.stage().isDone()) {
      if (!Linux.awaitReadable(socket, HELLO_MILLIS)) {
        throw new LauncherException("hello", "no answer in 10 s", Errno.ETIMEDOUT);
      }
      if (message.receive(socket) != Messages.REPLY_BYTES) {
        throw new LauncherException("hello", "answer has a wrong size", Errno.EPROTO);
      }
      if (Messages.sequence(message.payload()) == 0) {
        early.add(event(message.payload()));
      } else {
        hello.complete(message);
      }
    }
    return early;
  }

  @Override
  public Welcome welcome() {
    return welcome;
  }

  @Override
  public void listen(LauncherListener listener) {
    synchronized (sending) {
      if (reader != null) {
        throw new IllegalStateException("the launcher is listened to already");
      }
      reader = new Thread(() -> readAll(listener), "kiln-launcher");
      reader.setDaemon(true);
      reader.start();
    }
  }

  @Override
  public CompletionStage<Spawned> spawn(int slot, int runtime) {
    return ask(
        Request.of(
            Operation.SPAWN,
            slot,
            body -> Messages.putSpawn(body, runtime),
            LauncherClient::spawned));
  }

  @Override
  public CompletionStage<Void> attach(
      SandboxId id, String code, Optional<String> layers, long tmpBytes) {
    byte[] codeDigest = Messages.digest(code);
    Optional<byte[]> layersDigest = layers.map(Messages::digest);
    return ask(
        Request.of(
            Operation.ATTACH,
            id,
            body -> Messages.putAttach(body, codeDigest, layersDigest, tmpBytes),
            LauncherClient::nothing));
  }

  @Override
  public CompletionStage<List<FileDescriptor>> sockets(SandboxId id, int count) {
    if (count < 1 || count > Messages.MAX_SOCKETS) {
      throw new IllegalArgumentException(count + " sockets are not in 1.." + Messages.MAX_SOCKETS);
    }
    return ask(
        Request.of(
            Operation.SOCKET,
            id,
            body -> Messages.putSocket(body, count),
            message -> takeDescriptors(message, count)));
  }

  @Override
  public CompletionStage<Void> kill(SandboxId id) {
    return ask(Request.of(Operation.KILL, id, body -> {}, LauncherClient::nothing));
  }

  @Override
  public CompletionStage<Stat> stat(SandboxId id) {
    return ask(Request.of(Operation.STAT, id, body -> {}, m -> Messages.stat(m.payload())));
  }

  /** Sends the request, or queues it behind those that wait. */
  private <T> CompletionStage<T> ask(Request<T> request) {
    Errno refusal = null;
    synchronized (sending) {
      if (reader == null) {
        throw new IllegalStateException(
            "nobody listens to the launcher yet: answers would not be heard");
      }
      if (ended) {
        refusal = Errno.ESHUTDOWN;
      } else if (underWayCount < UNDER_WAY) {
        refusal = send(request);
      } else if (waiting.size() < MOST_WAITING) {
        waiting.add(request);
      } else {
        refusal = Errno.EBUSY;
      }
    }
    if (refusal != null) {
      request.fail("send", refusal);
    }
    return request.stage();
  }

  /**
   * Sends it and notes it as under way; returns why it could not be sent, if so. Holds the lock.
   */
  private @Nullable Errno send(Request<?> request) {
    do {
      sequence++;
    } while (sequence == 0 || underWay[index(sequence)] != null);
    request.put(outgoing.payload(), sequence);
    try {
      if (outgoing.send(socket, Messages.REQUEST_BYTES) == Linux.WOULD_BLOCK) {
        return Errno.EAGAIN;
      }
    } catch (LinuxException e) {
      return e.errno();
    }
    underWay[index(sequence)] = request;
    underWayCount++;
    return null;
  }

  private static int index(int sequence) {
    return sequence & (UNDER_WAY - 1);
  }

  private void readAll(LauncherListener listener) {
    try {
      early.forEach(event -> tell(event, listener));
      while (isReply(incoming.receive(socket))) {
        dispatch(listener);
      }
    } catch (LinuxException e) {
      LOG.warnf("the launcher's socket is broken: %s", e.getMessage());
    } finally {
      incoming.closeDescriptors();
      end();
      listener.gone();
    }
  }

  private boolean isReply(int length) {
    return length == Messages.REPLY_BYTES && !incoming.truncated();
  }

  /** Tells an event; a listener's fault must not deafen everybody else. */
  private static void tell(Consumer<LauncherListener> event, LauncherListener listener) {
    try {
      event.accept(listener);
    } catch (RuntimeException e) {
      LOG.errorf(e, "handling what the launcher said failed");
    }
  }

  private void dispatch(LauncherListener listener) {
    int answered = Messages.sequence(incoming.payload());
    if (answered == 0) {
      tell(event(incoming.payload()), listener);
      return;
    }
    Request<?> request = takeUnderWay(answered);
    if (request != null) {
      request.complete(incoming);
    }
  }

  /** Takes the request that is answered off the table and sends one that waits in its place. */
  private @Nullable Request<?> takeUnderWay(int answered) {
    Request<?> next;
    Errno refusal;
    Request<?> request;
    synchronized (sending) {
      request = underWay[index(answered)];
      if (request == null) {
        return null;
      }
      underWay[index(answered)] = null;
      underWayCount--;
      next = waiting.poll();
      refusal = next == null ? null : send(next);
    }
    if (refusal != null) {
      next.fail("send", refusal);
    }
    return request;
  }

  /** Fails everything that waits and refuses all that comes. */
  private void end() {
    List<Request<?>> unanswered = new ArrayList<>();
    synchronized (sending) {
      ended = true;
      for (Request<?> request : underWay) {
        if (request != null) {
          unanswered.add(request);
        }
      }
      unanswered.addAll(waiting);
      waiting.clear();
    }
    unanswered.forEach(request -> request.fail("launcher is gone", Errno.ESHUTDOWN));
  }

  private static Consumer<LauncherListener> event(ByteBuffer reply) {
    int operation = Messages.operation(reply);
    if (operation == Operation.EXITED.number()) {
      SandboxId id = Messages.sandbox(reply);
      Exit exit = Messages.exit(reply);
      return listener -> listener.exited(id, exit);
    }
    int runtime = Messages.zygoteRuntime(reply);
    OptionalInt which =
        runtime == Messages.BASE_ZYGOTE ? OptionalInt.empty() : OptionalInt.of(runtime);
    if (operation == Operation.ZYGOTE_DOWN.number()) {
      return listener -> listener.zygoteDown(which);
    }
    if (operation == Operation.ZYGOTE_UP.number()) {
      Duration startup = Duration.ofNanos(1000 * Messages.zygoteMicros(reply));
      return listener -> listener.zygoteUp(which, startup);
    }
    return listener -> {};
  }

  private static Spawned spawned(SocketMessage message) {
    ByteBuffer reply = message.payload();
    List<FileDescriptor> ends = takeDescriptors(message, Messages.SPAWN_DESCRIPTORS);
    return new Spawned(
        Messages.sandbox(reply),
        ends.get(0),
        ends.get(1),
        ends.get(2),
        ends.get(3),
        ends.get(4),
        Messages.cloneMicros(reply),
        Messages.totalMicros(reply));
  }

  private static List<FileDescriptor> takeDescriptors(SocketMessage message, int expected) {
    int count = message.descriptorCount();
    if (count != expected) {
      throw new IllegalArgumentException(
          "launcher sent " + count + " descriptors instead of " + expected);
    }
    return message.takeDescriptors();
  }

  private static @Nullable Void nothing(SocketMessage message) {
    return null;
  }

  @Override
  public void close() {
    Thread hearing;
    synchronized (sending) {
      hearing = reader;
      if (socket.isOpen() && !ended) {
        Linux.shutdown(socket);
      }
    }
    if (hearing != null && hearing != Thread.currentThread()) {
      joinQuietly(hearing);
    }
    end();
    socket.close();
  }

  private static void joinQuietly(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
