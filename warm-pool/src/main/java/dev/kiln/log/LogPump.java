package dev.kiln.log;

import dev.kiln.linux.Epoll;
import dev.kiln.linux.FileDescriptor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * Reads what sandboxes print. One thread reads the pipes of all of them, so that nothing that a
 * function prints fills its pipe; what an invocation printed last is read by {@link LogSource#end}
 * on the invocation's own thread. Netty cannot adopt pipes, hence a thread and an epoll of its own.
 *
 * <p>While there are invocations the thread does not wait for what is printed but looks every few
 * milliseconds: to be woken by a line would cost the invocation that prints it some 15
 * microseconds, and most lines are read by {@code end()} before the thread would come to them. When
 * there are none it waits, and costs nothing.
 *
 * <p>What is within a sandbox's limit is read as quickly as it comes. What is beyond it is lost
 * anyway, and is read for one reason only: whoever prints is not to be held up. So all who print
 * beyond their limits share a few reads in a tick, some 100 MB a second, and who prints more than
 * that waits in its own write. And who prints many short lines, in many sandboxes at once, stays
 * within every limit and makes much work: so the thread rests as long as it has worked. Without
 * these bounds one function could keep a processor busy for good. Thread-safe.
 */
public final class LogPump implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(LogPump.class);
  private static final int MOST_READY = 256;

  /** How often the thread looks at the pipes while there are invocations. */
  static final long TICK_NANOS = 5_000_000;

  /**
   * Ticks without an invocation, a second's, after which the thread waits until something is
   * printed.
   */
  private static final int QUIET_TICKS = 200;

  /**
   * Where as much came from one source at once, its pipe is about to fill: then the thread looks
   * again without a rest.
   */
  private static final int BUSY_BYTES = PipeReader.BYTES / 4;

  /** How many reads in a tick those share that print beyond their limits. */
  static final int FLOOD_READS = 8;

  /** How long the thread works before it rests as long, whatever there is to read. */
  static final long MOST_WORK_NANOS = 100_000_000;

  private final LogSink sink;
  private final LogLimits limits;
  private final Epoll epoll = new Epoll(MOST_READY);
  private final Map<Integer, PumpedSource> watched = new ConcurrentHashMap<>();
  private final Set<PumpedSource> sources = ConcurrentHashMap.newKeySet();
  private final ThreadLocal<PipeReader> readers = ThreadLocal.withInitial(PipeReader::new);
  private final Thread thread = new Thread(this::run, "kiln-log");
  private int turn;
  private int floodReads;
  private volatile boolean begun;
  private volatile boolean closed;

  /** Starts the thread. */
  public LogPump(LogSink sink, LogLimits limits) {
    this.sink = sink;
    this.limits = limits;
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Takes ownership of a sandbox's two pipes and reads them from now on.
   *
   * @param function the version's key, handed on with every line
   */
  public LogSource attach(String function, FileDescriptor stdout, FileDescriptor stderr) {
    if (closed) {
      throw new IllegalStateException("log pump is closed");
    }
    PumpedSource source = new PumpedSource(this, function, stdout, stderr);
    sources.add(source);
    source.attach();
    return source;
  }

  private void run() {
    PipeReader reader = readers.get();
    int quietTicks = QUIET_TICKS;
    long worked = 0;
    while (!closed) {
      int ready = epoll.await(quietTicks < QUIET_TICKS ? 0 : -1);
      quietTicks = begun ? 0 : quietTicks + 1;
      begun = false;
      long woke = System.nanoTime();
      boolean enough = readAll(ready, reader) < BUSY_BYTES || floodReads == FLOOD_READS;
      worked += System.nanoTime() - woke;
      if (enough || worked > MOST_WORK_NANOS) {
        floodReads = 0;
        LockSupport.parkNanos(Math.max(TICK_NANOS, worked));
        worked = 0;
      }
    }
  }

  /**
   * Reads each descriptor that is ready, beginning with another one each time, so that all have
   * their turn at the flood's reads; returns the most bytes that one had.
   */
  private int readAll(int ready, PipeReader reader) {
    int most = 0;
    turn = ready == 0 ? 0 : (turn + 1) % ready;
    for (int i = 0; i < ready; i++) {
      most = Math.max(most, readReady(epoll.descriptor((turn + i) % ready), reader));
    }
    return most;
  }

  /** Notes that an invocation began: the thread goes on looking by itself for a while. */
  void begun() {
    if (!begun) {
      begun = true;
    }
  }

  /**
   * Reads a descriptor that was ready. Its source may be gone, its number another's: then the read
   * finds nothing.
   */
  private int readReady(int descriptor, PipeReader reader) {
    PumpedSource source = watched.get(descriptor);
    if (source == null || source.isFlooding() && !takeFloodRead()) {
      return 0;
    }
    try {
      return source.readReady(descriptor, reader);
    } catch (RuntimeException e) {
      LOG.errorf(e, "reading a function's output failed; its log ends here");
      source.close();
      return 0;
    }
  }

  private boolean takeFloodRead() {
    if (floodReads == FLOOD_READS) {
      return false;
    }
    floodReads++;
    return true;
  }

  void watch(FileDescriptor pipe, PumpedSource source) {
    watched.put(pipe.value(), source);
    epoll.add(pipe);
  }

  void forget(FileDescriptor pipe) {
    watched.remove(pipe.value());
    epoll.remove(pipe);
  }

  void closed(PumpedSource source) {
    sources.remove(source);
  }

  LogLimits limits() {
    return limits;
  }

  PipeReader reader() {
    return readers.get();
  }

  void deliver(
      String function,
      Optional<String> requestId,
      LogSink.Stream stream,
      String line,
      long dropped) {
    try {
      sink.line(function, requestId, stream, line, dropped);
    } catch (RuntimeException e) {
      LOG.errorf(e, "log sink failed on a line of %s", function);
    }
  }

  /** Stops the thread, then reads and closes what is still attached. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    epoll.wake();
    joinUninterruptibly();
    List.copyOf(sources).forEach(PumpedSource::close);
    epoll.close();
  }

  private void joinUninterruptibly() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
