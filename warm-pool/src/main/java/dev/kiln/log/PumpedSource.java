package dev.kiln.log;

import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.LinuxException;
import dev.kiln.log.LogSink.Stream;
import java.util.Optional;

/**
 * The outputs of one sandbox. The log thread and the invocation's thread both read them, each under
 * this object's lock, so that lines keep their order and an id is never forgotten while a line that
 * bears it is being cut.
 */
final class PumpedSource implements LogSource {

  /**
   * The largest pipe that a process without privilege can ask for: draining reads no more than
   * this.
   */
  private static final int MOST_DRAINED_BYTES = 1 << 20;

  private final LogPump pump;
  private final String function;
  private final ByteBudget budget;
  private final Output stdout;
  private final Output stderr;
  private Optional<String> requestId = Optional.empty();
  private boolean closed;
  private volatile boolean flooding;

  PumpedSource(LogPump pump, String function, FileDescriptor stdout, FileDescriptor stderr) {
    this.pump = pump;
    this.function = function;
    this.budget = new ByteBudget(pump.limits(), System.nanoTime());
    this.stdout = new Output(Stream.STDOUT, stdout);
    this.stderr = new Output(Stream.STDERR, stderr);
  }

  /** One pipe. */
  private final class Output {
    private final FileDescriptor pipe;
    private final LineCutter cutter;

    /** Whether the log thread looks at the pipe: not before it is attached, not after its end. */
    private boolean watched;

    private boolean ended;

    Output(Stream stream, FileDescriptor pipe) {
      this.pipe = pipe;
      this.cutter =
          new LineCutter(
              pump.limits().maxLineBytes(),
              budget,
              (line, dropped) -> pump.deliver(function, requestId, stream, line, dropped));
    }

    /** Reads once; returns the bytes read, or something not positive where there are none. */
    int readOnce(PipeReader reader) {
      if (ended) {
        return 0;
      }
      int length = reader.read(pipe);
      if (length > 0) {
        budget.refill(System.nanoTime());
        flooding = !cutter.accept(reader.chunk(), length);
      } else if (length == 0) {
        ended = true;
        forget();
      }
      return length;
    }

    void drain(PipeReader reader) {
      int total = 0;
      int length;
      do {
        length = readOnce(reader);
        total += length;
      } while (length == PipeReader.BYTES && total < MOST_DRAINED_BYTES);
      cutter.flush();
    }

    void watch() {
      Linux.setNonBlocking(pipe);
      pump.watch(pipe, PumpedSource.this);
      watched = true;
    }

    private void forget() {
      if (watched) {
        watched = false;
        pump.forget(pipe);
      }
    }

    void close() {
      forget();
      pipe.close();
    }
  }

  /** Lets the log thread look at both pipes; closes them where it cannot. */
  synchronized void attach() {
    try {
      stdout.watch();
      stderr.watch();
    } catch (LinuxException e) {
      closed = true;
      closePipes();
      throw e;
    }
  }

  /** Returns whether some of what was read last was beyond the limit. */
  boolean isFlooding() {
    return flooding;
  }

  /** Reads once from the pipe that the log thread saw ready; returns the bytes read. */
  synchronized int readReady(int descriptor, PipeReader reader) {
    if (closed) {
      return 0;
    }
    Output ready = stdout.pipe.value() == descriptor ? stdout : stderr;
    return Math.max(0, ready.readOnce(reader));
  }

  @Override
  public synchronized void begin(String id) {
    requestId = Optional.of(id);
    pump.begun();
  }

  @Override
  public synchronized void end() {
    if (!closed) {
      drain();
    }
    requestId = Optional.empty();
  }

  private void drain() {
    PipeReader reader = pump.reader();
    stdout.drain(reader);
    stderr.drain(reader);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    drain();
    closePipes();
  }

  private void closePipes() {
    stdout.close();
    stderr.close();
    pump.closed(this);
  }
}
