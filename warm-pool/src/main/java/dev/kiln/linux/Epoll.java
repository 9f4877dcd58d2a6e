package dev.kiln.linux;

/**
 * A set of descriptors of which one thread waits for those that can be read, level-triggered.
 * Adding, removing and {@link #wake} are safe from any thread; waiting and looking at what came is
 * one thread's.
 */
public final class Epoll implements AutoCloseable {

  private static final int EPOLL_CLOEXEC = 02000000;
  private static final int EFD_FLAGS = 02000000 | 04000;
  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int EPOLLIN = 1;

  /**
   * The kernel packs struct epoll_event on x86-64 alone: there the data follows the events without
   * a gap.
   */
  private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

  private static final int EVENT_BYTES = PACKED ? 12 : 16;
  private static final int DATA_OFFSET = PACKED ? 4 : 8;

  private final FileDescriptor epoll;
  private final FileDescriptor bell;
  private final NativeBuffer events;
  private final NativeBuffer change = new NativeBuffer(EVENT_BYTES);
  private final NativeBuffer one = new NativeBuffer(8);
  private final int capacity;

  /** Makes an empty set; a wait returns at most {@code capacity} descriptors. */
  public Epoll(int capacity) {
    this.capacity = capacity;
    events = new NativeBuffer(capacity * EVENT_BYTES);
    one.bytes().putLong(0, 1);
    epoll =
        FileDescriptor.own(
            Linux.check(LibC.FUNCTIONS.epoll_create1(EPOLL_CLOEXEC), "make", "epoll"));
    bell = FileDescriptor.own(Linux.check(LibC.FUNCTIONS.eventfd(0, EFD_FLAGS), "make", "eventfd"));
    add(bell);
  }

  /** Adds a descriptor. */
  public void add(FileDescriptor descriptor) {
    synchronized (change) {
      change.bytes().putInt(0, EPOLLIN).putLong(DATA_OFFSET, descriptor.value());
      Linux.check(
          LibC.FUNCTIONS.epoll_ctl(epoll.value(), ADD, descriptor.value(), change.address()),
          "add to epoll",
          descriptor);
    }
  }

  /** Removes a descriptor, before it is closed. */
  public void remove(FileDescriptor descriptor) {
    Linux.check(
        LibC.FUNCTIONS.epoll_ctl(epoll.value(), DELETE, descriptor.value(), 0),
        "remove from epoll",
        descriptor);
  }

  /**
   * Waits until a descriptor can be read or has ended, {@link #wake} was called or the time is
   * over.
   *
   * @param timeoutMillis 0: does not wait; negative: without end
   * @return how many there are, see {@link #descriptor}
   */
  public int await(int timeoutMillis) {
    int count;
    do {
      count = LibC.FUNCTIONS.epoll_wait(epoll.value(), events.address(), capacity, timeoutMillis);
    } while (count < 0 && LibC.errno() == Errno.EINTR.number());
    return silenceBell(Linux.check(count, "wait for", epoll));
  }

  /**
   * Returns the number of the {@code index}-th descriptor of the last wait, or -1 where it was only
   * a wake-up.
   */
  public int descriptor(int index) {
    return (int) events.bytes().getLong(index * EVENT_BYTES + DATA_OFFSET);
  }

  /** Lets the wait that goes on, or the next one, return at once. */
  public void wake() {
    Linux.write(bell, one, 0, 8);
  }

  private int silenceBell(int count) {
    for (int i = 0; i < count; i++) {
      if (descriptor(i) == bell.value()) {
        Linux.read(bell, events, i * EVENT_BYTES, 8);
        events.bytes().putLong(i * EVENT_BYTES + DATA_OFFSET, -1);
      }
    }
    return count;
  }

  @Override
  public void close() {
    epoll.close();
    bell.close();
  }
}
