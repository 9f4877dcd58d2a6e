package dev.kiln.pool;

import dev.kiln.cgroup.CgroupDriver;
import dev.kiln.cgroup.CgroupFiles;
import dev.kiln.launcher.Launcher;
import dev.kiln.launcher.LauncherClient;
import dev.kiln.launcher.Welcome;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.log.LogPump;
import dev.kiln.log.LogSink;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.CompletionStage;

/**
 * The running engine: the launcher's client, the cgroup driver, the log pump and the pool, started
 * in this order and ended in the reverse one.
 */
public final class Engine implements AutoCloseable {

  private final Launcher launcher;
  private final CgroupDriver cgroups;
  private final LogPump logs;
  private final WarmPool pool;

  private Engine(Launcher launcher, CgroupDriver cgroups, LogPump logs, WarmPool pool) {
    this.launcher = launcher;
    this.cgroups = cgroups;
    this.logs = logs;
    this.pool = pool;
  }

  /**
   * Connects to the launcher and begins to fork stems. Blocks until the launcher has answered, ten
   * seconds at most.
   *
   * @param loops Netty's native epoll event loops, on which leases are asked for
   * @throws dev.kiln.launcher.LauncherException if the launcher is of another build
   * @throws IllegalArgumentException if it has another number of runtimes
   */
  public static Engine start(EngineConfig config, EventLoopGroup loops, LogSink sink) {
    Launcher launcher = LauncherClient.open(FileDescriptor.own(config.launcherDescriptor()));
    try {
      checkRuntimes(config, launcher.welcome());
      CgroupDriver cgroups = CgroupFiles.open(config.cgroups(), launcher.welcome().slots());
      return start(config, launcher, cgroups, loops, sink);
    } catch (RuntimeException e) {
      launcher.close();
      throw e;
    }
  }

  /** Starts with a launcher and groups of the caller's choosing; owns them from now on. */
  static Engine start(
      EngineConfig config,
      Launcher launcher,
      CgroupDriver cgroups,
      EventLoopGroup loops,
      LogSink sink) {
    LogPump logs = new LogPump(sink, config.logs());
    WarmPool pool = new WarmPool(config, launcher, cgroups, logs, loops);
    launcher.listen(pool);
    pool.start();
    return new Engine(launcher, cgroups, logs, pool);
  }

  private static void checkRuntimes(EngineConfig config, Welcome welcome) {
    if (welcome.runtimes() != config.runtimes().size()) {
      throw new IllegalArgumentException(
          "The launcher has " + welcome.runtimes() + " runtimes, not " + config.runtimes());
    }
  }

  public Pool pool() {
    return pool;
  }

  /** Returns what the launcher said of itself: slots, uids, cgroup version, Landlock's. */
  public Welcome welcome() {
    return launcher.welcome();
  }

  /** Completes when a stem of every runtime has answered. */
  public CompletionStage<Void> ready() {
    return pool.ready();
  }

  /** Returns whether every runtime's zygote serves now and a stem of each has answered. */
  public boolean isReady() {
    return pool.isReady();
  }

  /**
   * Completes when the launcher's socket has ended: every sandbox is being killed and nothing works
   * any more.
   */
  public CompletionStage<Void> gone() {
    return pool.whenGone();
  }

  /** Kills every sandbox and closes the launcher's socket. */
  @Override
  public void close() {
    pool.close();
    launcher.close();
    logs.close();
    cgroups.close();
  }
}
