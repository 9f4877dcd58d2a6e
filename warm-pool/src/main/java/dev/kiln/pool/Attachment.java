package dev.kiln.pool;

import dev.kiln.cgroup.CgroupDriver;
import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.launcher.Launcher;
import dev.kiln.launcher.LauncherException;
import dev.kiln.linux.Errno;
import dev.kiln.linux.LinuxException;
import dev.kiln.log.LogPump;
import dev.kiln.sandbox.Sandbox;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes a stem one version's: its code is mounted, its limits are written meanwhile, its output is
 * read.
 */
final class Attachment {

  private static final Logger LOG = Logger.getLogger(Attachment.class);

  private final Launcher launcher;
  private final CgroupDriver cgroups;
  private final LogPump logs;

  Attachment(Launcher launcher, CgroupDriver cgroups, LogPump logs) {
    this.launcher = launcher;
    this.cgroups = cgroups;
    this.logs = logs;
  }

  /**
   * Completes on {@code loop}, the caller's; exceptionally with {@link OfEngine}, or with {@link
   * StemDiedException} where another stem may do. In both cases the sandbox is of no use.
   */
  CompletionStage<Void> attach(Sandbox sandbox, VersionStock stock, EventLoop loop) {
    Version version = stock.version;
    CompletableFuture<Void> attached = new CompletableFuture<>();
    CompletionStage<Void> mounted =
        launcher.attach(sandbox.id(), version.code(), version.layers(), version.tmpBytes());
    RuntimeException failure = limit(sandbox, stock);
    mounted.whenComplete(
        (done, error) ->
            loop.execute(() -> finish(attached, sandbox, error == null ? failure : error)));
    return attached;
  }

  private @Nullable RuntimeException limit(Sandbox sandbox, VersionStock stock) {
    try {
      cgroups.apply(sandbox.id().slot(), stock.limits);
      sandbox.attachLogs((out, err) -> logs.attach(stock.version.key(), out, err));
      return null;
    } catch (LinuxException | IllegalStateException e) {
      return e;
    }
  }

  private static void finish(
      CompletableFuture<Void> attached, Sandbox sandbox, @Nullable Throwable failure) {
    if (failure == null) {
      attached.complete(null);
    } else if (hasDied(sandbox, failure)) {
      attached.completeExceptionally(new StemDiedException());
    } else {
      LOG.warnf("%s was not given its code and limits: %s", sandbox, failure.getMessage());
      attached.completeExceptionally(
          new OfEngine("The sandbox could not be given its code and limits."));
    }
  }

  private static boolean hasDied(Sandbox sandbox, Throwable failure) {
    boolean unknown =
        failure instanceof LauncherException refused
            && (refused.errno().equals(Errno.ESTALE) || refused.errno().equals(Errno.ESRCH));
    return unknown || !sandbox.state().isAlive() || !sandbox.conversation().isOpen();
  }
}
