package dev.kiln.pool;

import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.contract.InvocationException.OverCapacity;
import dev.kiln.contract.Isolation;
import dev.kiln.contract.StartType;
import dev.kiln.sandbox.SandboxState;
import java.util.Optional;
import java.util.function.Supplier;

/** What calls do to the {@link Ledger}: ask, wait, give up, give back. */
final class Calls {

  private final Ledger ledger;

  Calls(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Returns what is kept of a version, from now on.
   *
   * @throws OfEngine if there is no such runtime
   */
  VersionStock stock(Version version) {
    synchronized (ledger) {
      VersionStock stock = ledger.versions.get(version.key());
      return stock == null ? put(version, version.isolation()) : stock;
    }
  }

  /** Serves a version with {@code fresh} isolation from now on that cannot be served by copies. */
  VersionStock fallBackToFresh(VersionStock old) {
    synchronized (ledger) {
      VersionStock current = ledger.versions.get(old.version.key());
      if (current != old) {
        return current == null ? old : current;
      }
      old.retired = true;
      return put(old.version, Isolation.FRESH);
    }
  }

  /** Returns what forks copies for a version. */
  Template template(VersionStock stock, Supplier<Template> make) {
    synchronized (ledger) {
      Template template = stock.template;
      if (template == null) {
        template = make.get();
        stock.template = template;
      }
      return template;
    }
  }

  /** Notes that a template is about to run a copy; false if it is being evicted or has ended. */
  boolean lend(Resident template, VersionStock stock) {
    synchronized (ledger) {
      if (template.leaving) {
        return false;
      }
      ledger.idle.remove(template);
      stock.idle.remove(template);
      stock.uses++;
      ledger.hold(template, stock);
      return true;
    }
  }

  /**
   * Notes that a template has no copy running: it may be evicted, and goes where its version is to
   * go.
   */
  Actions rest(Resident template, VersionStock stock, long nowNanos) {
    Actions actions = new Actions();
    synchronized (ledger) {
      stock.busy--;
      ledger.busy--;
      if (ledger.closed || stock.retired || !template.sandbox.state().isAlive()) {
        ledger.kill(template, actions);
      } else {
        template.idleSinceNanos = nowNanos;
        template.measured = false;
        ledger.idle.add(template, stock);
        stock.idle.add(template);
        ledger.provision(actions);
      }
    }
    return actions;
  }

  private VersionStock put(Version version, Isolation isolation) {
    RuntimeStock runtime = ledger.runtime(version.runtime());
    VersionStock stock = new VersionStock(version, runtime, isolation, System.nanoTime());
    ledger.versions.put(version.key(), stock);
    return stock;
  }

  /** Asks for a sandbox: the call is granted one, or waits, or is refused. */
  Actions ask(WaitingCall call) {
    Actions actions = new Actions();
    VersionStock stock = call.stock;
    synchronized (ledger) {
      stock.uses++;
      if (ledger.closed || stock.retired) {
        actions.refusals.add(new Actions.Refusal(call, over(stock)));
      } else if (!stock.waiting.isEmpty() || !grantAtOnce(call, actions)) {
        standInLine(call, actions);
      }
    }
    return actions;
  }

  private boolean grantAtOnce(WaitingCall call, Actions actions) {
    VersionStock stock = call.stock;
    if (!stock.mayGrow()) {
      return false;
    }
    Resident warm = stock.takeIdle(call.loop);
    if (warm == null) {
      return ledger.grantStem(call, actions);
    }
    ledger.idle.remove(warm);
    ledger.hold(warm, stock);
    actions.grants.add(new Actions.Grant(call, warm, StartType.WARM));
    return true;
  }

  /**
   * A call for which a sandbox is being forked waits as well, but only for a moment: the version's
   * bound is not its.
   */
  private void standInLine(WaitingCall call, Actions actions) {
    VersionStock stock = call.stock;
    boolean full =
        !stock.mayGrow()
            && stock.waiting.size() - stock.ordered >= ledger.config.waitingPerVersion();
    if (full || ledger.waiting >= ledger.config.waiting()) {
      actions.refusals.add(
          new Actions.Refusal(call, overCapacity(stock, full, "and the queue is full")));
      return;
    }
    stock.waiting.add(call);
    ledger.waiting++;
    ledger.order(stock, actions);
  }

  /** Takes a call out of the line whose time is up. */
  Actions giveUp(WaitingCall call) {
    Actions actions = new Actions();
    synchronized (ledger) {
      if (call.stock.waiting.remove(call)) {
        ledger.waiting--;
        actions.refusals.add(
            new Actions.Refusal(
                call,
                overCapacity(
                    call.stock,
                    call.stock.busy >= call.stock.limit(),
                    "and none came free in time")));
      }
    }
    return actions;
  }

  /** Takes back what a call held; {@code reusable} if it may serve the version's next call. */
  Actions giveBack(Resident resident, VersionStock stock, boolean reusable, long nowNanos) {
    Actions actions = new Actions();
    synchronized (ledger) {
      boolean keep =
          reusable && !ledger.closed && !stock.retired && stock.isolation == Isolation.REUSE;
      if (keep && resident.sandbox.state() == SandboxState.BUSY && !stock.waiting.isEmpty()) {
        actions.grants.add(new Actions.Grant(ledger.takeWaiting(stock), resident, StartType.WARM));
        return actions;
      }
      stock.busy--;
      ledger.busy--;
      if (keep && resident.sandbox.move(SandboxState.BUSY, SandboxState.IDLE)) {
        resident.idleSinceNanos = nowNanos;
        resident.measured = false;
        ledger.idle.add(resident, stock);
        stock.idle.add(resident);
      } else {
        ledger.kill(resident, actions);
      }
      ledger.order(stock, actions);
    }
    return actions;
  }

  /** Takes a ready stem for a version that has fewer warm sandboxes than it should. */
  Optional<Resident> takeForPrestart(VersionStock stock, long nowNanos) {
    synchronized (ledger) {
      int has = stock.idle.size() + stock.busy + stock.ordered;
      if (stock.isolation != Isolation.REUSE
          || ledger.closed
          || !stock.mayGrow()
          || has >= stock.minWarm
          || !stock.prestart.allows(nowNanos)
          || !ledger.mayKeepWarm()) {
        return Optional.empty();
      }
      Optional<Resident> stem = Optional.ofNullable(stock.runtime.takeStem());
      stem.ifPresent(resident -> ledger.hold(resident, stock));
      return stem;
    }
  }

  /**
   * Returns whether it is time to try to make a version a warm sandbox ahead of its calls: out of a
   * stem that is ready, since nothing is evicted for it.
   */
  boolean mayPrestart(VersionStock stock, long nowNanos) {
    synchronized (ledger) {
      return !ledger.closed
          && stock.mayGrow()
          && stock.prestart.allows(nowNanos)
          && stock.runtime.stems() > 0
          && ledger.mayKeepWarm();
    }
  }

  /** Notes how it went to make a version a warm sandbox ahead of its calls. */
  void prestarted(VersionStock stock, boolean well, long nowNanos) {
    synchronized (ledger) {
      if (well) {
        stock.prestart.succeeded(nowNanos);
      } else {
        stock.prestart.failed(nowNanos);
      }
    }
  }

  private static OfEngine over(VersionStock stock) {
    return stock.retired
        ? new OfEngine("Version " + stock.version.key() + " was removed while the call waited.")
        : new OfEngine("Kiln is shutting down.");
  }

  private static OverCapacity overCapacity(VersionStock stock, boolean ofFunction, String why) {
    return ofFunction
        ? new OverCapacity(
            "function-concurrency",
            "All "
                + stock.limit()
                + " sandboxes that "
                + stock.version.key()
                + " may use are busy, "
                + why
                + ".")
        : new OverCapacity("node-capacity", "No sandbox is free on this node, " + why + ".");
  }
}
