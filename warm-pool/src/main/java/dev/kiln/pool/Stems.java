package dev.kiln.pool;

import dev.kiln.contract.StartType;
import dev.kiln.launcher.Exit;
import dev.kiln.launcher.SandboxId;
import dev.kiln.sandbox.Sandbox;
import dev.kiln.sandbox.SandboxState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What births and ends do to the {@link Ledger}: stems come, are warmed and shelved; slots come
 * free.
 */
final class Stems {

  private final Ledger ledger;

  Stems(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Notes a sandbox that has been forked, before it is ready; returns its exit, if that was told
   * before: the answer to a spawn and what the launcher tells unasked may be handled by two
   * threads.
   */
  Optional<Exit> arrived(Resident resident) {
    synchronized (ledger) {
      ledger.bySlot[resident.slot()] = resident;
      EarlyExit early = ledger.earlyExits[resident.slot()];
      ledger.earlyExits[resident.slot()] = null;
      return early != null && early.id().equals(resident.sandbox.id())
          ? Optional.of(early.exit())
          : Optional.empty();
    }
  }

  /** Returns the sandbox that has exited; of one that has not arrived yet, the exit is kept. */
  Optional<Resident> exited(SandboxId id, Exit exit) {
    synchronized (ledger) {
      Resident resident = ledger.bySlot[id.slot()];
      if (resident != null && resident.sandbox.id().equals(id)) {
        return Optional.of(resident);
      }
      ledger.earlyExits[id.slot()] = new EarlyExit(id, exit);
      return Optional.empty();
    }
  }

  boolean isClosed() {
    synchronized (ledger) {
      return ledger.closed;
    }
  }

  /** Takes in a stem that has just answered for the first time; false if nobody waits for it. */
  boolean born(Resident resident, Actions actions) {
    synchronized (ledger) {
      RuntimeStock runtime = ledger.runtimeOf(resident);
      runtime.births--;
      runtime.ready = true;
      runtime.birthFailures.succeeded(System.nanoTime());
      resident.sandbox.move(SandboxState.STARTING, SandboxState.PLAIN);
      boolean served = serveOrder(resident, SandboxState.PLAIN, actions);
      if (!served) {
        runtime.settling++;
      }
      return served;
    }
  }

  /** Decides whether a plain stem that settles is to be warmed first; if so it counts as that. */
  boolean claimForWarming(Resident resident) {
    synchronized (ledger) {
      RuntimeStock runtime = ledger.runtimeOf(resident);
      resident.warming =
          lacksWarmed(runtime) && resident.sandbox.move(SandboxState.PLAIN, SandboxState.WARMING);
      if (resident.warming) {
        runtime.warming++;
      }
      return resident.warming;
    }
  }

  /** Notes that warming has ended, well or not. */
  void warmingEnded(Resident resident, boolean well) {
    synchronized (ledger) {
      RuntimeStock runtime = ledger.runtimeOf(resident);
      if (well) {
        runtime.warmFailures.succeeded(System.nanoTime());
        resident.sandbox.move(SandboxState.WARMING, SandboxState.WARMED);
      } else {
        runtime.warmFailures.failed(System.nanoTime());
      }
    }
  }

  /**
   * Puts a stem that has settled, on no event loop now, on the shelf, or gives it to a call that
   * waits.
   */
  Actions shelve(Resident resident) {
    Actions actions = new Actions();
    synchronized (ledger) {
      RuntimeStock runtime = ledger.runtimeOf(resident);
      runtime.settling--;
      if (resident.warming) {
        resident.warming = false;
        runtime.warming--;
      }
      SandboxState state = resident.sandbox.state();
      if (state.isAlive() && !serveOrder(resident, state, actions)) {
        (state == SandboxState.WARMED ? runtime.warmed : runtime.plain).push(resident);
      }
      actions.refill = true;
    }
    return actions;
  }

  private boolean serveOrder(Resident stem, SandboxState state, Actions actions) {
    VersionStock stock = ledger.runtimeOf(stem).takeOrder();
    if (stock == null) {
      return false;
    }
    if (stem.sandbox.move(state, SandboxState.BUSY)) {
      ledger.hold(stem, stock);
      actions.grants.add(new Actions.Grant(ledger.takeWaiting(stock), stem, StartType.FORKED));
    } else {
      ledger.order(stock, actions);
    }
    return true;
  }

  /** Notes that no sandbox could be forked: the slot is free again. */
  void birthRefused(RuntimeStock runtime, int slot) {
    synchronized (ledger) {
      ledger.slots.giveBack(slot);
      birthFailed(runtime);
    }
  }

  /** Notes that a sandbox did not become ready; its slot comes free when it is gone. */
  void birthFailed(RuntimeStock runtime) {
    synchronized (ledger) {
      runtime.births--;
      runtime.birthFailures.failed(System.nanoTime());
    }
  }

  /** Takes a sandbox that has ended, in nobody's hands, off its shelf. */
  void ended(Sandbox sandbox) {
    synchronized (ledger) {
      Resident resident = ledger.bySlot[sandbox.id().slot()];
      if (resident != null && resident.sandbox == sandbox) {
        ledger.unshelve(resident);
      }
    }
  }

  /** Frees the slot of a sandbox that is gone. */
  Actions gone(Resident resident) {
    Actions actions = new Actions();
    synchronized (ledger) {
      ledger.unshelve(resident);
      ledger.leaving--;
      ledger.bySlot[resident.slot()] = null;
      ledger.slots.giveBack(resident.slot());
      ledger.runtimeOf(resident).recycled++;
      @Nullable VersionStock stock = resident.tenant;
      if (stock != null) {
        stock.recycled++;
      }
      actions.refill = true;
      ledger.provision(actions);
    }
    return actions;
  }

  /**
   * Notes that a runtime's zygote serves or does not; of one that the pool does not use, nothing.
   */
  void zygote(int index, boolean up) {
    synchronized (ledger) {
      if (index < ledger.runtimes.size()) {
        RuntimeStock runtime = ledger.runtimes.get(index);
        runtime.zygoteUp = up;
        if (up) {
          runtime.birthFailures.succeeded(System.nanoTime());
        }
      }
    }
  }

  /**
   * Decides what is made or warmed in the background now; {@link Actions#refill} says that more is
   * to be done.
   */
  Actions refill(long nowNanos) {
    Actions actions = new Actions();
    synchronized (ledger) {
      ledger.provision(actions);
      for (RuntimeStock runtime : ledger.runtimes) {
        if (!ledger.closed) {
          refill(runtime, nowNanos, actions);
          promote(runtime, nowNanos, actions);
          actions.refill |= isShort(runtime, nowNanos);
        }
      }
    }
    return actions;
  }

  private void refill(RuntimeStock runtime, long nowNanos, Actions actions) {
    while (lacksStems(runtime, nowNanos) && ledger.slots.free() > 0 && mayMake(runtime, nowNanos)) {
      ledger.birth(runtime, ledger.loops.next(), actions);
    }
    if (lacksStems(runtime, nowNanos) && ledger.slots.free() == 0 && mayTakeRoom(runtime)) {
      // One after another: to end a sandbox takes a millisecond of a processor.
      ledger.makeRoom(1 - ledger.leaving, IdleSet::evict, actions);
    }
  }

  /**
   * After a burst the target may be all slots there are: half of them stay with sandboxes that have
   * served.
   */
  private boolean mayTakeRoom(RuntimeStock runtime) {
    return 2 * (runtime.stems() + runtime.births + runtime.settling) < ledger.slots.total();
  }

  private void promote(RuntimeStock runtime, long nowNanos, Actions actions) {
    while (lacksWarmed(runtime) && !runtime.plain.isEmpty() && mayMake(runtime, nowNanos)) {
      Resident stem = runtime.takeForWarming();
      if (stem != null) {
        stem.warming = true;
        runtime.warming++;
        runtime.settling++;
        actions.warmings.add(stem);
      }
    }
  }

  private boolean mayMake(RuntimeStock runtime, long nowNanos) {
    return runtime.pace.allow(nowNanos, runtime.births + runtime.settling, ledger.busy);
  }

  private boolean isShort(RuntimeStock runtime, long nowNanos) {
    return (ledger.slots.free() > 0 && lacksStems(runtime, nowNanos))
        || (lacksWarmed(runtime) && !runtime.plain.isEmpty())
        || !runtime.orders.isEmpty();
  }

  private static boolean lacksStems(RuntimeStock runtime, long nowNanos) {
    return runtime.zygoteUp
        && runtime.birthFailures.allows(nowNanos)
        && runtime.stems() + runtime.births + runtime.settling < runtime.target.target(nowNanos);
  }

  private boolean lacksWarmed(RuntimeStock runtime) {
    return runtime.warmed.size() + runtime.warming < ledger.config.stemsWarmed()
        && runtime.warmFailures.allows(System.nanoTime());
  }
}
