package dev.kiln.pool;

import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.pool.policy.FreezeRule;
import dev.kiln.sandbox.Sandbox;
import dev.kiln.sandbox.SandboxState;
import dev.kiln.sandbox.TransitionCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the keeper and the owner of the pool do to the {@link Ledger}: retire, measure, evict,
 * freeze, count, close.
 */
final class Upkeep {

  private final Ledger ledger;
  private final FreezeRule freezing;

  Upkeep(Ledger ledger) {
    this.ledger = ledger;
    this.freezing = new FreezeRule(ledger.config.freezeAfter(), ledger.config.unfrozen());
  }

  /** Forgets a version: its idle sandboxes are killed, its waiting calls refused. */
  Actions retire(String key) {
    Actions actions = new Actions();
    synchronized (ledger) {
      VersionStock stock = ledger.versions.remove(key);
      if (stock != null) {
        stock.retired = true;
        refuseWaiting(
            stock, new OfEngine("Version " + key + " was removed while the call waited."), actions);
        new ArrayList<>(stock.idle).forEach(resident -> ledger.kill(resident, actions));
      }
    }
    return actions;
  }

  /** Ends everything: no call is granted anything any more. */
  Actions close() {
    Actions actions = new Actions();
    synchronized (ledger) {
      ledger.closed = true;
      for (VersionStock stock : ledger.versions.values()) {
        refuseWaiting(stock, new OfEngine("Kiln is shutting down."), actions);
      }
      for (Resident resident : ledger.bySlot) {
        if (resident != null) {
          ledger.kill(resident, actions);
        }
      }
    }
    return actions;
  }

  private void refuseWaiting(VersionStock stock, OfEngine reason, Actions actions) {
    while (!stock.waiting.isEmpty()) {
      actions.refusals.add(new Actions.Refusal(ledger.takeWaiting(stock), reason));
    }
  }

  /** Returns the idle sandboxes that have not been measured since they became idle. */
  List<Resident> unmeasured() {
    synchronized (ledger) {
      return ledger.idle.hottestFirst().stream().filter(resident -> !resident.measured).toList();
    }
  }

  /** Notes what an idle sandbox holds. */
  void measured(Resident resident, long memoryBytes) {
    synchronized (ledger) {
      VersionStock stock = resident.tenant;
      if (stock != null) {
        ledger.idle.measured(resident, stock, memoryBytes);
      }
    }
  }

  /** Evicts until what idle sandboxes hold is within the budget. */
  Actions keepBudget() {
    Actions actions = new Actions();
    synchronized (ledger) {
      while (ledger.idle.bytes() > ledger.config.keepAliveBytes()) {
        Optional<Resident> victim = ledger.idle.evict();
        if (victim.isEmpty()) {
          break;
        }
        ledger.evict(victim.get(), actions);
      }
    }
    return actions;
  }

  /** Claims the idle sandboxes that are to be frozen now. */
  List<Resident> claimForFreezing(long nowNanos) {
    List<Resident> claimed = new ArrayList<>();
    synchronized (ledger) {
      List<Resident> hottest = ledger.idle.hottestFirst();
      for (int rank = 0; rank < hottest.size(); rank++) {
        Resident resident = hottest.get(rank);
        if (resident.sandbox.state() == SandboxState.IDLE
            && freezing.freezes(nowNanos - resident.idleSinceNanos, rank)
            && resident.sandbox.move(SandboxState.IDLE, SandboxState.FREEZING)) {
          claimed.add(resident);
        }
      }
    }
    return claimed;
  }

  /** Sets how many warm sandboxes a version has. */
  void keepWarm(VersionStock stock, int minWarm) {
    synchronized (ledger) {
      stock.minWarm = minWarm;
    }
  }

  /** Returns the versions that have fewer warm sandboxes than they should. */
  List<VersionStock> lackingWarm() {
    synchronized (ledger) {
      return ledger.versions.values().stream()
          .filter(stock -> stock.idle.size() + stock.busy + stock.ordered < stock.minWarm)
          .toList();
    }
  }

  PoolSnapshot snapshot(TransitionCounts transitions) {
    synchronized (ledger) {
      long now = System.nanoTime();
      return new PoolSnapshot(
          ledger.runtimes.stream().map(runtime -> count(runtime, now)).toList(),
          ledger.versions.values().stream().map(Upkeep::count).toList(),
          transitions.toMap(),
          ledger.slots.total(),
          ledger.slots.total() - ledger.slots.free(),
          ledger.config.keepAliveBytes(),
          ledger.idle.bytes());
    }
  }

  private static PoolSnapshot.Runtime count(RuntimeStock runtime, long nowNanos) {
    return new PoolSnapshot.Runtime(
        runtime.name,
        runtime.plain.size(),
        runtime.warmed.size(),
        runtime.target.target(nowNanos),
        runtime.zygoteUp,
        runtime.ready,
        runtime.recycled,
        runtime.evicted);
  }

  private static PoolSnapshot.VersionCount count(VersionStock stock) {
    int frozen =
        (int)
            stock.idle.stream().map(resident -> resident.sandbox).filter(Upkeep::isFrozen).count();
    return new PoolSnapshot.VersionCount(
        stock.version.key(),
        stock.runtime.name,
        stock.idle.size() - frozen,
        stock.busy,
        frozen,
        stock.waiting.size(),
        stock.recycled,
        stock.evicted);
  }

  private static boolean isFrozen(Sandbox sandbox) {
    SandboxState state = sandbox.state();
    return state == SandboxState.FREEZING || state == SandboxState.FROZEN;
  }
}
