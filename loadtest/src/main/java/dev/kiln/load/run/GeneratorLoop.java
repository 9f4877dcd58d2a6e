package dev.kiln.load.run;

import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;

/** The one thread from which all calls are sent, and its clock. */
public final class GeneratorLoop implements AutoCloseable {

  /** Netty's wait rounds to milliseconds from ten on: what is farther away is approached in two. */
  private static final long COARSE_NANOS = 12_000_000;

  private static final long COARSE_MARGIN_NANOS = 5_000_000;

  /**
   * A sleeper wakes some 60 microseconds late; with this in hand it does not delay a call. A
   * smaller share of the gap is polled when calls are close together, so that polling takes at most
   * a tenth of one core.
   */
  private static final long MAX_POLL_NANOS = 300_000;

  private static final int POLL_SHARE = 10;

  private final PunctualSelect select = new PunctualSelect();
  private final EpollEventLoopGroup group;
  private final EventLoop loop;
  private final long threadId;

  /** Starts the thread. */
  public GeneratorLoop() {
    group = new EpollEventLoopGroup(1, new DefaultThreadFactory("generator", true), () -> select);
    loop = group.next();
    threadId = loop.submit(() -> Thread.currentThread().getId()).syncUninterruptibly().getNow();
  }

  EventLoop eventLoop() {
    return loop;
  }

  /**
   * Runs {@code task} at {@code nanos}, as punctually as polling makes it; on the loop, one at a
   * time.
   */
  void at(long nanos, Runnable task) {
    long gap = nanos - System.nanoTime();
    if (gap > COARSE_NANOS) {
      sleep(gap - COARSE_MARGIN_NANOS, () -> at(nanos, task));
      return;
    }
    long sleep = gap - Math.min(MAX_POLL_NANOS, gap / POLL_SHARE);
    if (sleep <= 0) {
      select.pollUntil(nanos, task);
    } else {
      sleep(sleep, () -> select.pollUntil(nanos, task));
    }
  }

  private void sleep(long nanos, Runnable then) {
    loop.schedule(then, nanos, TimeUnit.NANOSECONDS);
  }

  /** Returns the CPU time that the thread has used so far, in nanoseconds. */
  public long cpuNanos() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads.getThreadCpuTime(threadId);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
