package dev.kiln.pool;

import dev.kiln.cgroup.CgroupDriver;
import dev.kiln.linux.LinuxException;
import dev.kiln.sandbox.SandboxState;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * What has to be seen to from time to time and no call should wait for: idle sandboxes are
 * measured, evicted beyond the budget, and frozen; stems are refilled where nothing else has
 * prompted it; versions that should have warm sandboxes get them. One thread.
 */
final class Keeper implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Keeper.class);
  private static final long PERIOD_MILLIS = 250;

  private final Upkeep upkeep;
  private final CgroupDriver cgroups;
  private final Consumer<Actions> perform;
  private final Runnable refill;
  private final Consumer<VersionStock> prestart;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread named = new Thread(work, "kiln-keeper");
            named.setDaemon(true);
            return named;
          });

  Keeper(
      Upkeep upkeep,
      CgroupDriver cgroups,
      Consumer<Actions> perform,
      Runnable refill,
      Consumer<VersionStock> prestart) {
    this.upkeep = upkeep;
    this.cgroups = cgroups;
    this.perform = perform;
    this.refill = refill;
    this.prestart = prestart;
  }

  void start() {
    thread.scheduleWithFixedDelay(this::round, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** One round. A round that fails is reported, and the next one comes all the same. */
  void round() {
    try {
      measure();
      perform.accept(upkeep.keepBudget());
      refill.run();
      freeze();
      upkeep.lackingWarm().forEach(prestart);
    } catch (RuntimeException e) {
      LOG.error("the keeper's round failed", e);
    }
  }

  private void measure() {
    for (Resident resident : upkeep.unmeasured()) {
      try {
        upkeep.measured(resident, cgroups.memoryBytes(resident.slot()));
      } catch (LinuxException e) {
        LOG.debugf("%s was not measured: %s", resident.sandbox, e.getMessage());
      }
    }
  }

  private void freeze() {
    for (Resident resident : upkeep.claimForFreezing(System.nanoTime())) {
      try {
        freeze(resident);
      } catch (LinuxException e) {
        LOG.debugf("%s was not frozen: %s", resident.sandbox, e.getMessage());
      }
    }
  }

  /**
   * Freezes one. A call that leases it meanwhile may thaw it before it is frozen, and if it dies
   * the slot may be another's: in both cases the state is no longer what it was, and the last word
   * is a thaw.
   */
  private void freeze(Resident resident) {
    cgroups.freeze(resident.slot());
    if (!resident.sandbox.move(SandboxState.FREEZING, SandboxState.FROZEN)) {
      cgroups.thaw(resident.slot());
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
