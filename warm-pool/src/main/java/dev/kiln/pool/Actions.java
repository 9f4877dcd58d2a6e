package dev.kiln.pool;

import dev.kiln.contract.InvocationException;
import dev.kiln.contract.StartType;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the inventory decided under its lock and the pool does after it: nothing is sent or
 * completed while it is held.
 */
final class Actions {

  /** A sandbox for a call. */
  record Grant(WaitingCall call, Resident resident, StartType startType) {}

  /** A sandbox to be forked, whose conversation begins on {@code loop}. */
  record Birth(RuntimeStock runtime, int slot, EventLoop loop) {}

  /** A call that gets none. */
  record Refusal(WaitingCall call, InvocationException reason) {}

  final List<Grant> grants = new ArrayList<>(1);
  final List<Birth> births = new ArrayList<>(0);
  final List<Resident> warmings = new ArrayList<>(0);
  final List<Resident> kills = new ArrayList<>(0);
  final List<Refusal> refusals = new ArrayList<>(0);

  /** Whether stems are missing and should be made soon. */
  boolean refill;

  /** Returns the event loop of a call that is granted something: it is awake, others may sleep. */
  Optional<EventLoop> loop() {
    return grants.isEmpty() ? Optional.empty() : Optional.of(grants.get(0).call().loop);
  }
}
