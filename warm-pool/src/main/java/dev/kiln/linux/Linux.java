package dev.kiln.linux;

import java.lang.ref.Reference;
import java.nio.file.Path;

/**
 * System calls on descriptors and on this process. A call that a signal interrupts is made again.
 * Descriptors are made with close-on-exec. Thread-safe, as the kernel is; buffers are not.
 */
public final class Linux {

  /** What {@link #read} and {@link #write} return where the call would have to wait. */
  public static final int WOULD_BLOCK = -1;

  private static final int O_CLOEXEC = 02000000;
  private static final int O_NONBLOCK = 04000;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int SHUT_RDWR = 2;
  private static final int PR_GET_DUMPABLE = 3;
  private static final int PR_SET_DUMPABLE = 4;
  private static final int POLLFD_BYTES = 8;
  private static final short POLLIN = 1;

  private static final LibC.Functions C = LibC.FUNCTIONS;

  private Linux() {}

  /** What a file is opened for. */
  public enum Access {
    READ(0),
    WRITE(1),
    READ_WRITE(2);

    private final int flag;

    Access(int flag) {
      this.flag = flag;
    }
  }

  /**
   * The two ends of a pipe or of a pair of sockets; of a pipe, {@code first} is the one that is
   * read.
   */
  public record Pair(FileDescriptor first, FileDescriptor second) implements AutoCloseable {
    @Override
    public void close() {
      first.close();
      second.close();
    }
  }

  /** What a pair of local sockets carries. */
  public enum SocketType {
    STREAM(1),
    SEQUENCED_PACKET(5);

    private final int number;

    SocketType(int number) {
      this.number = number;
    }
  }

  /** Opens an existing file. */
  public static FileDescriptor open(Path path, Access access) {
    NativeBuffer name = NativeBuffer.ofString(path.toString());
    try {
      return FileDescriptor.own(
          check(C.open(name.address(), access.flag | O_CLOEXEC), "open", path));
    } finally {
      Reference.reachabilityFence(name);
    }
  }

  /** Makes a pipe whose two ends block. */
  public static Pair pipe() {
    NativeBuffer numbers = new NativeBuffer(8);
    check(C.pipe2(numbers.address(), O_CLOEXEC), "make", "pipe");
    return pair(numbers);
  }

  /** Makes two connected local sockets, both blocking. */
  public static Pair socketPair(SocketType type) {
    NativeBuffer numbers = new NativeBuffer(8);
    check(C.socketpair(1, type.number | O_CLOEXEC, 0, numbers.address()), "make", "socket pair");
    return pair(numbers);
  }

  private static Pair pair(NativeBuffer numbers) {
    return new Pair(
        FileDescriptor.own(numbers.bytes().getInt(0)),
        FileDescriptor.own(numbers.bytes().getInt(4)));
  }

  /**
   * Reads at most {@code length} bytes to {@code offset} of {@code buffer}.
   *
   * @return the number of bytes, 0 at the end, or {@link #WOULD_BLOCK}
   */
  public static int read(FileDescriptor descriptor, NativeBuffer buffer, int offset, int length) {
    long address = buffer.address(offset, length);
    int number = descriptor.value();
    try {
      long result;
      do {
        result = C.read(number, address, length);
      } while (result < 0 && LibC.errno() == Errno.EINTR.number());
      return blockingResult(result, "read", descriptor);
    } finally {
      Reference.reachabilityFence(buffer);
    }
  }

  /**
   * Writes {@code length} bytes from {@code offset} of {@code buffer}, or as many as fit.
   *
   * @return the number of bytes, or {@link #WOULD_BLOCK}
   */
  public static int write(FileDescriptor descriptor, NativeBuffer buffer, int offset, int length) {
    long address = buffer.address(offset, length);
    int number = descriptor.value();
    try {
      long result;
      do {
        result = C.write(number, address, length);
      } while (result < 0 && LibC.errno() == Errno.EINTR.number());
      return blockingResult(result, "write", descriptor);
    } finally {
      Reference.reachabilityFence(buffer);
    }
  }

  /**
   * Reads at most {@code length} bytes of a file from its position {@code position}; returns how
   * many.
   */
  public static int pread(
      FileDescriptor descriptor, NativeBuffer buffer, int length, long position) {
    try {
      long result = C.pread(descriptor.value(), buffer.address(0, length), length, position);
      return check((int) result, "read", descriptor);
    } finally {
      Reference.reachabilityFence(buffer);
    }
  }

  /**
   * Writes the first {@code length} bytes of {@code buffer} to a file's position {@code position};
   * returns how many.
   */
  public static int pwrite(
      FileDescriptor descriptor, NativeBuffer buffer, int length, long position) {
    try {
      long result = C.pwrite(descriptor.value(), buffer.address(0, length), length, position);
      return check((int) result, "write", descriptor);
    } finally {
      Reference.reachabilityFence(buffer);
    }
  }

  /** Makes reads and writes of this open file return {@link #WOULD_BLOCK} instead of waiting. */
  public static void setNonBlocking(FileDescriptor descriptor) {
    int flags = check(C.fcntl(descriptor.value(), F_GETFL, 0), "get flags of", descriptor);
    if ((flags & O_NONBLOCK) == 0) {
      check(C.fcntl(descriptor.value(), F_SETFL, flags | O_NONBLOCK), "set flags of", descriptor);
    }
  }

  /** Says who may open the file behind {@code descriptor} anew, as chmod does. */
  public static void setMode(FileDescriptor descriptor, int mode) {
    check(C.fchmod(descriptor.value(), mode), "set mode of", descriptor);
  }

  /** Ends both directions of a socket: threads that wait on it wake up, the peer sees the end. */
  public static void shutdown(FileDescriptor socket) {
    check(C.shutdown(socket.value(), SHUT_RDWR), "shut down", socket);
  }

  /**
   * Waits until {@code descriptor} can be read, has ended (a pidfd: its process) or the time is
   * over.
   */
  public static boolean awaitReadable(FileDescriptor descriptor, int timeoutMillis) {
    NativeBuffer request = new NativeBuffer(POLLFD_BYTES);
    request.bytes().putInt(0, descriptor.value()).putShort(4, POLLIN);
    try {
      int ready;
      do {
        ready = C.poll(request.address(), 1, timeoutMillis);
      } while (ready < 0 && LibC.errno() == Errno.EINTR.number());
      return check(ready, "poll", descriptor) > 0;
    } finally {
      Reference.reachabilityFence(request);
    }
  }

  /**
   * Says whether other processes of this uid may look into this one, as ptrace, {@code
   * /proc/self/fd} and pidfd_getfd do.
   */
  public static void setDumpable(boolean dumpable) {
    check(C.prctl(PR_SET_DUMPABLE, dumpable ? 1 : 0, 0, 0, 0), "set dumpable of", "this process");
  }

  public static boolean isDumpable() {
    return C.prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
  }

  /** Returns this process's real user id. */
  public static int userId() {
    return C.getuid();
  }

  /** Returns the bytes of a page of memory. */
  public static int pageSize() {
    return C.getpagesize();
  }

  /** Returns {@code result}, or throws what errno says of the call that gave it. */
  static int check(int result, String step, Object object) {
    if (result < 0) {
      throw new LinuxException(step, object.toString(), new Errno(LibC.errno()));
    }
    return result;
  }

  /** Returns what a call gave that may have had to wait. */
  static int blockingResult(long result, String step, FileDescriptor descriptor) {
    if (result >= 0) {
      return (int) result;
    }
    int number = LibC.errno();
    if (number == Errno.EAGAIN.number()) {
      return WOULD_BLOCK;
    }
    throw new LinuxException(step, descriptor.toString(), new Errno(number));
  }
}
