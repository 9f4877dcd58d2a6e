package dev.kiln.pool;

import dev.kiln.launcher.Welcome;
import dev.kiln.log.LogSink;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.CompletionStage;

/**
 * The running engine: the launcher's client, the cgroup driver, the log pump and the pool, started in this order and
 * ended in the reverse one.
 */
public final class Engine implements AutoCloseable {

  private Engine() {}

  /**
   * Connects to the launcher and begins to fork stems. Blocks until the launcher has answered, ten seconds at most.
   *
   * @param loops Netty's native epoll event loops, on which leases are asked for
   * @throws dev.kiln.launcher.LauncherException if the launcher is of another build, or has other runtimes
   */
  public static Engine start(EngineConfig config, EventLoopGroup loops, LogSink logs) {
    throw new UnsupportedOperationException("under construction");
  }

  public Pool pool() {
    throw new UnsupportedOperationException("under construction");
  }

  /** Returns what the launcher said of itself: slots, uids, cgroup version, Landlock's. */
  public Welcome welcome() {
    throw new UnsupportedOperationException("under construction");
  }

  /** Completes when a stem of every runtime has answered. */
  public CompletionStage<Void> ready() {
    throw new UnsupportedOperationException("under construction");
  }

  /** Returns whether every runtime's zygote serves now and a stem of each has answered. */
  public boolean isReady() {
    throw new UnsupportedOperationException("under construction");
  }

  /** Completes when the launcher's socket has ended: every sandbox is being killed and nothing works any more. */
  public CompletionStage<Void> gone() {
    throw new UnsupportedOperationException("under construction");
  }

  /** Kills every sandbox and closes the launcher's socket. */
  @Override
  public void close() {}
}
