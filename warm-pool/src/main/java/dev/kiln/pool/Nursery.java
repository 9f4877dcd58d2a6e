package dev.kiln.pool;

import dev.kiln.cgroup.CgroupDriver;
import dev.kiln.cgroup.Limits;
import dev.kiln.contract.framed.ConversationException;
import dev.kiln.contract.framed.ConversationException.End;
import dev.kiln.contract.framed.PayloadBudget;
import dev.kiln.launcher.Exit;
import dev.kiln.launcher.Launcher;
import dev.kiln.launcher.Spawned;
import dev.kiln.linux.LinuxException;
import dev.kiln.sandbox.Sandbox;
import dev.kiln.sandbox.TransitionCounts;
import io.netty.channel.EventLoopGroup;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes stems: forks a sandbox, waits until it is locked down, warms it, and lets it rest on no
 * event loop.
 */
final class Nursery {

  private static final Logger LOG = Logger.getLogger(Nursery.class);

  /** Far beyond what a loaded machine needs; a sandbox that takes longer is killed. */
  private static final long READY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long WARM_NANOS = TimeUnit.SECONDS.toNanos(10);

  /**
   * What a stem may use: as most functions are limited, so that a lease finds the slot's files open
   * and little to write. The first writes to a slot take a millisecond. No quota: warming must not
   * be throttled; but where calls want the processor it waits.
   */
  private static final Limits STEM = new Limits(128L << 20, 0, VersionStock.CPU_WEIGHT / 10, 256);

  private final Launcher launcher;
  private final CgroupDriver cgroups;
  private final Stems stems;
  private final EventLoopGroup loops;
  private final TransitionCounts transitions;
  private final PayloadBudget budget;
  private final Consumer<Actions> perform;
  private final BiConsumer<Resident, Exit> gone;
  private final CompletableFuture<Void>[] ready;

  @SuppressWarnings({"unchecked", "rawtypes"})
  Nursery(
      Launcher launcher,
      CgroupDriver cgroups,
      Stems stems,
      EventLoopGroup loops,
      TransitionCounts transitions,
      PayloadBudget budget,
      Consumer<Actions> perform,
      BiConsumer<Resident, Exit> gone,
      int runtimes) {
    this.launcher = launcher;
    this.cgroups = cgroups;
    this.stems = stems;
    this.loops = loops;
    this.transitions = transitions;
    this.budget = budget;
    this.perform = perform;
    this.gone = gone;
    this.ready = new CompletableFuture[runtimes];
    for (int i = 0; i < runtimes; i++) {
      ready[i] = new CompletableFuture<>();
    }
  }

  /** Completes when a stem of every runtime has answered. */
  CompletableFuture<Void> ready() {
    return CompletableFuture.allOf(ready);
  }

  /** Forks one. */
  void bear(Actions.Birth birth) {
    launcher
        .spawn(birth.slot(), birth.runtime().index)
        .whenComplete(
            (spawned, error) -> {
              if (error == null) {
                arrived(birth, spawned);
              } else {
                refused(birth, error);
              }
            });
  }

  private void refused(Actions.Birth birth, Throwable error) {
    LOG.warnf("no sandbox of %s: %s", birth.runtime().name, error.getMessage());
    stems.birthRefused(birth.runtime(), birth.slot());
  }

  private void arrived(Actions.Birth birth, Spawned spawned) {
    RuntimeStock runtime = birth.runtime();
    Sandbox sandbox =
        new Sandbox(
            spawned,
            runtime.index,
            launcher,
            transitions,
            birth.loop(),
            READY_NANOS,
            budget,
            this::ended);
    Resident resident = new Resident(sandbox);
    Optional<Exit> exit = stems.arrived(resident);
    if (stems.isClosed()) {
      sandbox.kill();
    }
    sandbox.ready().whenComplete((micros, error) -> born(resident, runtime, error));
    exit.ifPresent(how -> gone.accept(resident, how));
  }

  private void born(Resident resident, RuntimeStock runtime, @Nullable Throwable error) {
    if (error != null) {
      report(resident, "did not become ready", error);
      stems.birthFailed(runtime);
      resident.sandbox.kill();
      return;
    }
    ready[runtime.index].complete(null);
    Actions actions = new Actions();
    if (!stems.born(resident, actions)) {
      settle(resident);
    }
    perform.accept(actions);
  }

  /** Warms a stem that was on the shelf. */
  void promote(Resident resident) {
    resident.sandbox.conversation().moveTo(loops.next()).thenRun(() -> warm(resident));
  }

  /**
   * Warms a stem that is on an event loop, if more warmed ones are wanted, and then puts it on the
   * shelf.
   */
  private void settle(Resident resident) {
    limit(resident);
    if (stems.claimForWarming(resident)) {
      warm(resident);
    } else {
      shelve(resident);
    }
  }

  /** Where this fails the lease's own limits will, and tell. */
  private void limit(Resident resident) {
    try {
      cgroups.apply(resident.slot(), STEM);
    } catch (LinuxException | IllegalStateException e) {
      report(resident, "could not be limited", e);
    }
  }

  private void warm(Resident resident) {
    resident
        .sandbox
        .warm(WARM_NANOS)
        .whenComplete(
            (micros, error) -> {
              if (error != null) {
                report(resident, "could not be warmed", error);
                resident.sandbox.kill();
              }
              stems.warmingEnded(resident, error == null);
              shelve(resident);
            });
  }

  private void shelve(Resident resident) {
    resident.sandbox.conversation().park().thenRun(() -> perform.accept(stems.shelve(resident)));
  }

  private static void report(Resident resident, String what, Throwable error) {
    boolean closing =
        error instanceof ConversationException broken && broken.end() == End.ABANDONED;
    LOG.logf(
        closing ? Logger.Level.DEBUG : Logger.Level.WARN,
        "%s %s: %s",
        resident.sandbox,
        what,
        error.getMessage());
  }

  /**
   * Told by each sandbox's conversation when it has ended: whoever holds the sandbox has been told
   * before.
   */
  private void ended(Sandbox sandbox, ConversationException reason) {
    stems.ended(sandbox);
    sandbox.kill();
  }
}
