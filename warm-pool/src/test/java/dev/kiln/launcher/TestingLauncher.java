package dev.kiln.launcher;

import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.SocketMessage;
import java.nio.ByteBuffer;

/**
 * The other end of a launcher's socket, in the test's hands: it receives requests and says what the
 * test wants.
 */
final class TestingLauncher implements AutoCloseable {

  private final Linux.Pair sockets = Linux.socketPair(Linux.SocketType.SEQUENCED_PACKET);
  private final SocketMessage incoming = new SocketMessage(Messages.REQUEST_BYTES, 0);
  private final SocketMessage outgoing = new SocketMessage(Messages.REPLY_BYTES, 8);

  /** Returns the client's end. */
  FileDescriptor socket() {
    return sockets.first();
  }

  /** Waits for a request and returns it; it is valid until the next. */
  ByteBuffer receive() {
    int length = incoming.receive(sockets.second());
    if (length != Messages.REQUEST_BYTES) {
      throw new AssertionError("request of " + length + " bytes");
    }
    return incoming.payload();
  }

  boolean hasRequest() {
    return Linux.awaitReadable(sockets.second(), 0);
  }

  /** Starts a reply to {@code request}; the test fills in the rest from byte 24 on. */
  ByteBuffer replyTo(ByteBuffer request) {
    return reply(request.getInt(0), request.getInt(4), request.getInt(8), request.getInt(12));
  }

  ByteBuffer reply(int operation, int sequence, int slot, int generation) {
    ByteBuffer reply = outgoing.payload();
    reply.put(0, new byte[Messages.REPLY_BYTES]);
    return reply.putInt(0, operation).putInt(4, sequence).putInt(8, slot).putInt(12, generation);
  }

  /** Sends the reply that was started. */
  void send(FileDescriptor... descriptors) {
    if (outgoing.send(sockets.second(), Messages.REPLY_BYTES, descriptors)
        != Messages.REPLY_BYTES) {
      throw new AssertionError("the client's queue is full");
    }
  }

  /** Sends a packet that is no reply. */
  void sendShort() {
    outgoing.send(sockets.second(), Messages.REPLY_BYTES - 1);
  }

  /** Queues a welcome, which a client that opens will take for the answer to its greeting. */
  void welcome() {
    reply(1, 1, 0, 0).putInt(24, 100).putInt(28, 200_000).putInt(32, 1).putInt(36, 1).putInt(40, 7);
    send();
  }

  @Override
  public void close() {
    sockets.second().close();
  }
}
