package dev.kiln.linux;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor that this object owns. Thread-safe, but whoever closes it sees to it that
 * no thread is about to use it: the kernel gives the number to the next file at once.
 */
public final class FileDescriptor implements AutoCloseable {

  private static final int NONE = -1;

  private final AtomicInteger number;

  private FileDescriptor(int number) {
    this.number = new AtomicInteger(number);
  }

  /**
   * Takes ownership of an open descriptor.
   *
   * @throws IllegalArgumentException if the number is negative
   */
  public static FileDescriptor own(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("descriptor " + number + " is negative");
    }
    return new FileDescriptor(number);
  }

  /**
   * Returns the number.
   *
   * @throws IllegalStateException if it is closed or released
   */
  public int value() {
    int value = number.get();
    if (value == NONE) {
      throw new IllegalStateException("descriptor is closed");
    }
    return value;
  }

  public boolean isOpen() {
    return number.get() != NONE;
  }

  /**
   * Gives ownership away, to Netty for instance: returns the number, and {@link #close} does
   * nothing from now on.
   *
   * @throws IllegalStateException if it is closed or released
   */
  public int release() {
    int value = number.getAndSet(NONE);
    if (value == NONE) {
      throw new IllegalStateException("descriptor is closed");
    }
    return value;
  }

  /**
   * Closes it. What close(2) reports is not about the descriptor, which is gone in any case, and is
   * ignored.
   */
  @Override
  public void close() {
    int value = number.getAndSet(NONE);
    if (value != NONE) {
      LibC.FUNCTIONS.close(value);
    }
  }

  @Override
  public String toString() {
    int value = number.get();
    return value == NONE ? "descriptor (closed)" : "descriptor " + value;
  }
}
