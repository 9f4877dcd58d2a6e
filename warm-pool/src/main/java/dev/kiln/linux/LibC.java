package dev.kiln.linux;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * The C library as jnr-ffi binds it. Pointers and {@code size_t} are longs: Kiln runs on x86-64 and
 * aarch64 only, both LP64, and both pass the integer arguments of variadic functions as those of
 * others.
 */
final class LibC {

  static final Functions FUNCTIONS = LibraryLoader.create(Functions.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(FUNCTIONS);

  private LibC() {}

  /** Returns the errno of this thread's last call that failed. */
  static int errno() {
    return RUNTIME.getLastError();
  }

  /**
   * The functions by their C names. Public because the class that jnr-ffi generates lies in another
   * package.
   */
  public interface Functions {
    int close(int descriptor);

    int open(long path, int flags);

    long read(int descriptor, long buffer, long length);

    long write(int descriptor, long buffer, long length);

    long pread(int descriptor, long buffer, long length, long offset);

    long pwrite(int descriptor, long buffer, long length, long offset);

    int fcntl(int descriptor, int command, int argument);

    int fchmod(int descriptor, int mode);

    int pipe2(long descriptors, int flags);

    int socketpair(int domain, int type, int protocol, long descriptors);

    long sendmsg(int descriptor, long header, int flags);

    long recvmsg(int descriptor, long header, int flags);

    int shutdown(int descriptor, int how);

    int poll(long descriptors, long count, int timeoutMillis);

    int epoll_create1(int flags);

    int epoll_ctl(int epoll, int operation, int descriptor, long event);

    int epoll_wait(int epoll, long events, int capacity, int timeoutMillis);

    int eventfd(int value, int flags);

    int prctl(int option, long second, long third, long fourth, long fifth);

    int getuid();

    int getpagesize();

    long syscall(long number, long first, long second, long third);
  }
}
