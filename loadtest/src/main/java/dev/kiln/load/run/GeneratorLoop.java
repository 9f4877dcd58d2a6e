package dev.kiln.load.run;

import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;

/** The one thread from which all calls are sent, and its clock. */
public final class GeneratorLoop implements AutoCloseable {

  /**
   * Netty's wait rounds to milliseconds above ten of them, and a sleeper is late; with 1.5 ms in
   * hand neither delays a call. A smaller share of the gap is polled when calls are close together,
   * so that polling takes at most a tenth of one core.
   */
  private static final long MAX_POLL_NANOS = 1_500_000;

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
    long sleep = gap - Math.min(MAX_POLL_NANOS, gap / POLL_SHARE);
    if (sleep <= 0) {
      select.pollUntil(nanos, task);
    } else {
      loop.schedule(() -> select.pollUntil(nanos, task), sleep, TimeUnit.NANOSECONDS);
    }
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
