package dev.kiln.pool;

import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.contract.StartType;
import dev.kiln.sandbox.Slots;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The pool's books: which sandbox is whose, who waits, which slots are free. The ledger is its own
 * lock; {@link Calls}, {@link Stems} and {@link Upkeep} are the three who write in it, each method
 * of theirs one short change under that lock, which returns as {@link Actions} what has to be done.
 * Nothing is sent, written or completed while it is held.
 *
 * <p>A call that finds no sandbox waits in its version's line. If its version may have one more
 * sandbox, an order is placed with the runtime as well, and whatever comes first serves it: a
 * sandbox that another call of the version gives back, or a stem. An order whose call was served
 * otherwise is passed over.
 */
final class Ledger {

  final PoolConfig config;
  final EventLoopGroup loops;
  final List<RuntimeStock> runtimes = new ArrayList<>();
  final Map<String, VersionStock> versions = new HashMap<>();
  final IdleSet idle = new IdleSet();
  final Slots slots;
  final @Nullable Resident[] bySlot;
  final @Nullable EarlyExit[] earlyExits;

  /** Calls that wait for a sandbox. */
  int waiting;

  /** Sandboxes that are in use. */
  int busy;

  /** Sandboxes whose end was decided or seen, and whose slots are not free yet. */
  int leaving;

  boolean closed;

  Ledger(PoolConfig config, List<String> runtimeNames, int slotCount, EventLoopGroup loops) {
    this.config = config;
    this.loops = loops;
    this.slots = new Slots(slotCount);
    this.bySlot = new Resident[slotCount];
    this.earlyExits = new EarlyExit[slotCount];
    int processors = Runtime.getRuntime().availableProcessors();
    for (String name : runtimeNames) {
      runtimes.add(new RuntimeStock(runtimes.size(), name, config, processors, System.nanoTime()));
    }
  }

  /**
   * Returns a runtime by its name.
   *
   * @throws OfEngine if there is none
   */
  RuntimeStock runtime(String name) {
    for (RuntimeStock runtime : runtimes) {
      if (runtime.name.equals(name)) {
        return runtime;
      }
    }
    throw new OfEngine("There is no runtime " + name + " on this node.");
  }

  RuntimeStock runtimeOf(Resident resident) {
    return runtimes.get(resident.sandbox.runtime());
  }

  /** Notes that a sandbox is in use by a version. */
  void hold(Resident resident, VersionStock stock) {
    resident.tenant = stock;
    stock.busy++;
    busy++;
  }

  /**
   * Whether one more sandbox may be made ahead of calls: half of the slots stay with calls and
   * stems, whatever versions ask to be kept warm.
   */
  boolean mayKeepWarm() {
    int held = 0;
    for (Resident resident : bySlot) {
      VersionStock stock = resident == null ? null : resident.tenant;
      held += stock != null && stock.minWarm > 0 ? 1 : 0;
    }
    return 2 * held < slots.total();
  }

  WaitingCall takeWaiting(VersionStock stock) {
    waiting--;
    return stock.waiting.remove();
  }

  /** Gives a call a stem, if one is ready. */
  boolean grantStem(WaitingCall call, Actions actions) {
    RuntimeStock runtime = call.stock.runtime;
    Resident stem = runtime.takeStem();
    if (stem == null) {
      return false;
    }
    hold(stem, call.stock);
    runtime.target.taken(System.nanoTime());
    actions.grants.add(new Actions.Grant(call, stem, StartType.PREWARMED));
    actions.refill = true;
    return true;
  }

  /**
   * Gives waiting calls the stems that are ready, and orders one for each of the others that may
   * have one.
   */
  void order(VersionStock stock, Actions actions) {
    while (stock.mayGrow() && stock.ordered < stock.waiting.size()) {
      if (grantStem(stock.waiting.element(), actions)) {
        takeWaiting(stock);
      } else {
        stock.ordered++;
        stock.runtime.target.taken(System.nanoTime());
        stock.runtime.orders.add(stock);
      }
    }
    provision(actions);
  }

  /**
   * Has one sandbox forked for each order that none is being forked for, and makes room where slots
   * lack.
   */
  void provision(Actions actions) {
    for (RuntimeStock runtime : runtimes) {
      int missing = runtime.orders.size() - runtime.births;
      if (missing > 0 && !closed && runtime.birthFailures.allows(System.nanoTime())) {
        provision(runtime, missing, actions);
      }
    }
  }

  private void provision(RuntimeStock runtime, int orders, Actions actions) {
    int missing = orders;
    while (missing > 0 && slots.free() > 0) {
      birth(runtime, orderer(runtime), actions);
      missing--;
    }
    makeRoom(missing - leaving, IdleSet::evictForCall, actions);
  }

  private EventLoop orderer(RuntimeStock runtime) {
    VersionStock first = runtime.orders.peek();
    WaitingCall call = first == null ? null : first.waiting.peek();
    return call == null ? loops.next() : call.loop;
  }

  /** Has one sandbox forked, if a slot is free. */
  void birth(RuntimeStock runtime, EventLoop loop, Actions actions) {
    OptionalInt slot = slots.take();
    if (slot.isPresent()) {
      runtime.births++;
      actions.births.add(new Actions.Birth(runtime, slot.getAsInt(), loop));
    }
  }

  /**
   * Evicts idle sandboxes, as {@code choose} does, so that as many slots as wanted come free, as
   * far as there are any.
   */
  void makeRoom(int wanted, Function<IdleSet, Optional<Resident>> choose, Actions actions) {
    for (int i = 0; i < wanted; i++) {
      Optional<Resident> victim = choose.apply(idle);
      if (victim.isEmpty()) {
        return;
      }
      evict(victim.get(), actions);
    }
  }

  void evict(Resident resident, Actions actions) {
    VersionStock stock = resident.tenant;
    if (stock != null) {
      stock.evicted++;
    }
    runtimeOf(resident).evicted++;
    kill(resident, actions);
  }

  void kill(Resident resident, Actions actions) {
    unshelve(resident);
    actions.kills.add(resident);
  }

  /** Takes it off whatever shelf it is on; from now on its slot is about to come free. */
  void unshelve(Resident resident) {
    if (!resident.leaving) {
      resident.leaving = true;
      leaving++;
    }
    idle.remove(resident);
    VersionStock stock = resident.tenant;
    if (stock == null) {
      runtimeOf(resident).plain.remove(resident);
      runtimeOf(resident).warmed.remove(resident);
    } else {
      stock.idle.remove(resident);
    }
  }
}
