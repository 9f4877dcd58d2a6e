package dev.kiln.linux;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One message of a local socket with the descriptors that come along, received and sent without
 * allocation: the memory of sendmsg's and recvmsg's structures is made once. Used by one thread at
 * a time.
 */
public final class SocketMessage {

  /** MSG_DONTWAIT and MSG_NOSIGNAL. */
  private static final int SEND_FLAGS = 0x4040;

  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int MSG_TRUNC = 0x20;
  private static final int MSG_CTRUNC = 0x8;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;

  /* struct msghdr and struct cmsghdr of glibc on LP64. */
  private static final int HEADER_BYTES = 56;
  private static final int IOVEC = 16;
  private static final int IOVEC_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int FLAGS = 48;
  private static final int RIGHTS_HEADER_BYTES = 16;

  private static final FileDescriptor[] NO_DESCRIPTORS = {};

  private final NativeBuffer payload;
  private final NativeBuffer vector = new NativeBuffer(16);
  private final NativeBuffer header = new NativeBuffer(HEADER_BYTES);
  private final NativeBuffer control;
  private final List<FileDescriptor> descriptors = new ArrayList<>();
  private boolean truncated;

  /** Makes room for {@code payloadBytes} of payload and {@code maxDescriptors} descriptors. */
  public SocketMessage(int payloadBytes, int maxDescriptors) {
    payload = new NativeBuffer(payloadBytes);
    control = new NativeBuffer(align(RIGHTS_HEADER_BYTES + 4 * maxDescriptors));
    vector.bytes().putLong(0, payload.address());
    header.bytes().putLong(IOVEC, vector.address()).putLong(IOVEC_COUNT, 1);
  }

  /** Returns the payload's memory, in the machine's byte order; use absolute positions. */
  public ByteBuffer payload() {
    return payload.bytes();
  }

  /**
   * Receives one message, waiting for it where the socket blocks. Descriptors of the message before
   * that were not taken are closed.
   *
   * @return the bytes of payload, 0 at the peer's end, or {@link Linux#WOULD_BLOCK}
   */
  public int receive(FileDescriptor socket) {
    closeDescriptors();
    vector.bytes().putLong(8, payload.capacity());
    header
        .bytes()
        .putLong(CONTROL, control.address())
        .putLong(CONTROL_LENGTH, control.capacity())
        .putInt(FLAGS, 0);
    long result;
    do {
      result = LibC.FUNCTIONS.recvmsg(socket.value(), header.address(), MSG_CMSG_CLOEXEC);
    } while (result < 0 && LibC.errno() == Errno.EINTR.number());
    if (result < 0) {
      return Linux.blockingResult(result, "receive from", socket);
    }
    truncated = (header.bytes().getInt(FLAGS) & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    ownDescriptors();
    return (int) result;
  }

  /** Says whether the last message had more payload or more descriptors than there was room for. */
  public boolean truncated() {
    return truncated;
  }

  /** Returns how many descriptors came with the last message and were not taken. */
  public int descriptorCount() {
    return descriptors.size();
  }

  /**
   * Returns the descriptors of the last message, in order; they belong to the caller from now on.
   */
  public List<FileDescriptor> takeDescriptors() {
    List<FileDescriptor> taken = List.copyOf(descriptors);
    descriptors.clear();
    return taken;
  }

  /** Closes the descriptors of the last message that were not taken. */
  public void closeDescriptors() {
    descriptors.forEach(FileDescriptor::close);
    descriptors.clear();
  }

  /**
   * Sends the first {@code length} bytes of the payload, see {@link #send(FileDescriptor, int,
   * FileDescriptor...)}.
   */
  public int send(FileDescriptor socket, int length) {
    return send(socket, length, NO_DESCRIPTORS);
  }

  /**
   * Sends the first {@code length} bytes of the payload and copies of {@code passed}, without
   * waiting.
   *
   * @return the bytes sent, or {@link Linux#WOULD_BLOCK} where the peer's queue is full
   */
  public int send(FileDescriptor socket, int length, FileDescriptor... passed) {
    payload.address(0, length);
    vector.bytes().putLong(8, length);
    putDescriptors(passed);
    try {
      long result;
      do {
        result = LibC.FUNCTIONS.sendmsg(socket.value(), header.address(), SEND_FLAGS);
      } while (result < 0 && LibC.errno() == Errno.EINTR.number());
      return Linux.blockingResult(result, "send to", socket);
    } finally {
      Reference.reachabilityFence(passed);
    }
  }

  private void putDescriptors(FileDescriptor... passed) {
    ByteBuffer rights = control.bytes();
    int length = RIGHTS_HEADER_BYTES + 4 * passed.length;
    for (int i = 0; i < passed.length; i++) {
      rights.putInt(RIGHTS_HEADER_BYTES + 4 * i, passed[i].value());
    }
    rights.putLong(0, length).putInt(8, SOL_SOCKET).putInt(12, SCM_RIGHTS);
    boolean any = passed.length > 0;
    header
        .bytes()
        .putLong(CONTROL, any ? control.address() : 0)
        .putLong(CONTROL_LENGTH, any ? align(length) : 0);
  }

  private void ownDescriptors() {
    ByteBuffer rights = control.bytes();
    long controlLength = header.bytes().getLong(CONTROL_LENGTH);
    if (controlLength < RIGHTS_HEADER_BYTES
        || rights.getInt(8) != SOL_SOCKET
        || rights.getInt(12) != SCM_RIGHTS) {
      return;
    }
    int count = (int) (rights.getLong(0) - RIGHTS_HEADER_BYTES) / 4;
    for (int i = 0; i < count; i++) {
      descriptors.add(FileDescriptor.own(rights.getInt(RIGHTS_HEADER_BYTES + 4 * i)));
    }
  }

  private static int align(int length) {
    return (length + 7) & ~7;
  }
}
