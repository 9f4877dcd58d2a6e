package dev.kiln.launcher;

import dev.kiln.linux.Errno;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.SocketMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * The gateway's end of the launcher's socket in the hands of one who has taken the gateway over:
 * anything can be sent, well-formed or not. What comes unasked is kept until it is waited for. One
 * thread.
 */
final class RawGateway implements AutoCloseable {

  private static final int LARGEST_PACKET = 4096;
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int NOT_ASKED = 0;

  private final FileDescriptor socket =
      FileDescriptor.own(Integer.parseInt(System.getenv("KILN_LAUNCHER_FD")));
  private final SocketMessage outgoing = new SocketMessage(LARGEST_PACKET, 200);
  private final SocketMessage incoming = new SocketMessage(Messages.REPLY_BYTES, 8);
  private final Deque<Answer> unasked = new ArrayDeque<>();
  private int sequence;

  /** What the launcher said; the descriptors belong to whoever has it. */
  record Answer(
      int operation,
      int sequence,
      int slot,
      int generation,
      int result,
      String step,
      byte[] body,
      List<FileDescriptor> descriptors) {

    SandboxId id() {
      return new SandboxId(slot, generation);
    }

    Errno errno() {
      return new Errno(Math.abs(result));
    }

    int word(int index) {
      return ByteBuffer.wrap(body).order(ByteOrder.nativeOrder()).getInt(4 * index);
    }
  }

  /** Says hello and waits until the zygote of {@code runtime} serves. */
  void greet(int runtime) {
    Answer welcome = ask(Operation.HELLO, 0, 0, body -> Messages.putHello(body, Build.id()));
    if (welcome.result() != 0) {
      throw new AssertionError("hello: " + welcome.errno());
    }
    Answer up = awaitUnasked(Operation.ZYGOTE_UP);
    while (up.word(0) != runtime) {
      up = awaitUnasked(Operation.ZYGOTE_UP);
    }
  }

  /** Sends a request of the right size and waits for its answer. */
  Answer ask(Operation operation, int slot, int generation, Consumer<ByteBuffer> body) {
    ByteBuffer request = header(operation.number(), slot, generation);
    body.accept(request);
    return askPrepared();
  }

  /** The same, with all zero behind the header, and with descriptors. */
  Answer ask(int operation, int slot, int generation, FileDescriptor... passed) {
    header(operation, slot, generation);
    return askPrepared(passed);
  }

  Answer ask(Operation operation, SandboxId id) {
    return ask(operation.number(), id.slot(), id.generation());
  }

  private ByteBuffer header(int operation, int slot, int generation) {
    ByteBuffer request = outgoing.payload();
    request.put(0, new byte[Messages.REQUEST_BYTES]);
    return request
        .putInt(0, operation)
        .putInt(4, ++sequence)
        .putInt(8, slot)
        .putInt(12, generation);
  }

  private Answer askPrepared(FileDescriptor... passed) {
    send(Messages.REQUEST_BYTES, passed);
    return awaitAnswer(sequence);
  }

  /**
   * Sends whatever bytes there are, in a packet of this length. The launcher cannot know what is
   * asked, so neither can its answer say so.
   */
  Answer sendPacketOf(int length, FileDescriptor... passed) {
    send(length, passed);
    Answer answer = receive();
    while (answer.operation() != 0) {
      unasked.add(answer);
      answer = receive();
    }
    return answer;
  }

  /** Sends {@code count} requests without waiting for answers, then waits for the last. */
  Answer flood(Operation operation, int count) {
    ByteBuffer request = outgoing.payload();
    request.put(0, new byte[Messages.REQUEST_BYTES]);
    request.putInt(0, operation.number());
    for (int i = 0; i < count; i++) {
      request.putInt(4, ++sequence);
      while (outgoing.send(socket, Messages.REQUEST_BYTES) == Linux.WOULD_BLOCK) {
        receive();
      }
    }
    return awaitAnswer(sequence);
  }

  /** Sends a request and never receives; false where the launcher's queue is full. */
  boolean sendUnheard(Operation operation) {
    header(operation.number(), 0, 1);
    return outgoing.send(socket, Messages.REQUEST_BYTES) == Messages.REQUEST_BYTES;
  }

  private void send(int length, FileDescriptor... passed) {
    if (outgoing.send(socket, length, passed) != length) {
      throw new AssertionError("the launcher's queue is full");
    }
  }

  private Answer awaitAnswer(int wanted) {
    Answer answer = receive();
    while (answer.sequence() != wanted) {
      if (answer.sequence() == NOT_ASKED) {
        unasked.add(answer);
      }
      answer = receive();
    }
    return answer;
  }

  /** Waits until the launcher tells {@code operation}, which may have happened already. */
  Answer awaitUnasked(Operation operation) {
    return awaitUnasked(operation, TIMEOUT_MILLIS);
  }

  Answer awaitUnasked(Operation operation, int timeoutMillis) {
    for (Answer answer : unasked) {
      if (answer.operation() == operation.number()) {
        unasked.remove(answer);
        return answer;
      }
    }
    Answer answer = receive(timeoutMillis);
    while (answer.operation() != operation.number()) {
      unasked.add(answer);
      answer = receive(timeoutMillis);
    }
    return answer;
  }

  private Answer receive() {
    return receive(TIMEOUT_MILLIS);
  }

  private Answer receive(int timeoutMillis) {
    if (!Linux.awaitReadable(socket, timeoutMillis)) {
      throw new AssertionError("the launcher does not answer");
    }
    if (incoming.receive(socket) != Messages.REPLY_BYTES) {
      throw new AssertionError("the launcher has hung up");
    }
    ByteBuffer reply = incoming.payload();
    byte[] body = new byte[40];
    reply.get(24, body);
    return new Answer(
        Messages.operation(reply),
        Messages.sequence(reply),
        reply.getInt(8),
        reply.getInt(12),
        Messages.result(reply),
        Step.textOf(Messages.step(reply)),
        body,
        incoming.takeDescriptors());
  }

  Answer askToSpawn(int slot, int runtime) {
    return ask(Operation.SPAWN, slot, 0, body -> Messages.putSpawn(body, runtime));
  }

  /** Spawns a sandbox of the probe runtime. */
  Probe spawn(int slot, int runtime) {
    Answer answer = askToSpawn(slot, runtime);
    if (answer.result() != 0) {
      throw new AssertionError("spawn: " + answer.step() + ": " + answer.errno());
    }
    return new Probe(answer.id(), answer.descriptors());
  }

  /** Kills the sandbox and waits until its slot is free. */
  Answer end(Probe probe) {
    if (ask(Operation.KILL, probe.id()).result() != 0) {
      throw new AssertionError("kill " + probe.id());
    }
    probe.close();
    return awaitUnasked(Operation.EXITED);
  }

  @Override
  public void close() {
    socket.close();
  }
}
