package dev.kiln.pool;

import dev.kiln.cgroup.CgroupDriver;
import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.launcher.Launcher;
import dev.kiln.launcher.LauncherException;
import dev.kiln.linux.Errno;
import dev.kiln.linux.LinuxException;
import dev.kiln.log.LogPump;
import dev.kiln.sandbox.Sandbox;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes a stem one version's: its limits are written, its output is read, its code is mounted. */
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
   * Sets the limits, which the first instruction for the version must not precede, and begins to
   * read the outputs.
   *
   * @throws OfEngine if that cannot be done; the sandbox is killed
   * @throws StemDiedException if it is dead, and another may do
   */
  void limit(Sandbox sandbox, VersionStock stock) {
    try {
      cgroups.apply(sandbox.id().slot(), stock.limits);
      sandbox.attachLogs((out, err) -> logs.attach(stock.version.key(), out, err));
    } catch (LinuxException | IllegalStateException e) {
      throw failed(sandbox, e);
    }
  }

  /**
   * Has the launcher mount the code, once, and then ring the sandbox, which until then waits: what
   * it is to load and run is best sent before. Completes {@link Resident#attached} on the
   * launcher's thread: exceptionally as {@link #limit} throws.
   */
  void attach(Resident resident, Version version) {
    if (resident.attaching) {
      return;
    }
    resident.attaching = true;
    long began = System.nanoTime();
    launcher
        .attach(resident.sandbox.id(), version.code(), version.layers(), version.tmpBytes())
        .whenComplete((done, error) -> finish(resident, began, error));
  }

  private static void finish(Resident resident, long began, @Nullable Throwable error) {
    if (error == null) {
      resident.attached.complete(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began));
    } else {
      resident.attached.completeExceptionally(failed(resident.sandbox, error));
    }
  }

  private static RuntimeException failed(Sandbox sandbox, Throwable failure) {
    boolean died = hasDied(sandbox, failure);
    sandbox.kill();
    if (died) {
      return new StemDiedException();
    }
    LOG.warnf("%s was not given its code and limits: %s", sandbox, failure.getMessage());
    return new OfEngine("The sandbox could not be given its code and limits.");
  }

  private static boolean hasDied(Sandbox sandbox, Throwable failure) {
    boolean unknown =
        failure instanceof LauncherException refused
            && (refused.errno().equals(Errno.ESTALE) || refused.errno().equals(Errno.ESRCH));
    return unknown || !sandbox.state().isAlive() || !sandbox.conversation().isOpen();
  }
}
