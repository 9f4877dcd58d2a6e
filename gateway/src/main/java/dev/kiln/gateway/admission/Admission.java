package dev.kiln.gateway.admission;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The one owner of concurrency on this node. Up to a function's and the node's limit an invocation
 * runs at once; beyond, it waits in its function's queue, which is bounded in count, bytes and
 * time; beyond that it is refused. Functions that wait for the node take turns, so that a busy one
 * does not starve the others.
 *
 * <p>Counts change under one lock, held for a few map and queue operations and never while foreign
 * code runs.
 */
public final class Admission {

  private final AdmissionLimits limits;
  private final Map<Object, Gate> gates = new HashMap<>();
  private final ArrayDeque<Gate> line = new ArrayDeque<>();
  private final Map<Refusal, LongAdder> refusals = new EnumMap<>(Refusal.class);
  private int running;
  private int waiting;
  private long waitingBytes;

  /** Creates it with nothing running. */
  public Admission(AdmissionLimits limits) {
    this.limits = limits;
    for (Refusal refusal : Refusal.values()) {
      refusals.put(refusal, new LongAdder());
    }
  }

  /**
   * Asks for one invocation.
   *
   * @param function the function's identity, told from others by {@code equals}
   * @param concurrency how many of its invocations may run at once
   * @param bytes size of the event, which is held while it waits
   * @param loop the caller's event loop, on which the ticket completes
   */
  public Ticket admit(Object function, int concurrency, long bytes, EventExecutor loop) {
    Ticket ticket;
    Refusal refusal;
    synchronized (this) {
      Gate gate = gates.computeIfAbsent(function, Gate::new);
      gate.limit = concurrency;
      ticket = new Ticket(this, gate, bytes, loop);
      if (running < limits.running() && gate.hasRoom() && gate.waiting.isEmpty()) {
        run(ticket);
        ticket.grantNow();
        return ticket;
      }
      refusal = enqueue(ticket);
    }
    if (refusal != null) {
      refusals.get(refusal).increment();
      ticket.refuse(refusal);
    } else {
      ticket.startTimer(limits.waitingTime());
      grantWaiting();
    }
    return ticket;
  }

  private @Nullable Refusal enqueue(Ticket ticket) {
    Gate gate = ticket.gate;
    Refusal refusal = refusalFor(ticket);
    if (refusal != null) {
      ticket.state = Ticket.State.OVER;
      dropIfUnused(gate);
      return refusal;
    }
    gate.waiting.add(ticket);
    waiting++;
    waitingBytes += ticket.bytes;
    joinLine(gate);
    return null;
  }

  private @Nullable Refusal refusalFor(Ticket ticket) {
    if (ticket.gate.waiting.size() >= limits.waitingPerFunction()) {
      return ticket.gate.hasRoom() ? Refusal.NODE_CONCURRENCY : Refusal.FUNCTION_CONCURRENCY;
    }
    if (waiting >= limits.waiting()) {
      return Refusal.NODE_CONCURRENCY;
    }
    return waitingBytes + ticket.bytes > limits.waitingBytes() ? Refusal.QUEUE_BYTES : null;
  }

  void leave(Ticket ticket) {
    synchronized (this) {
      switch (ticket.state) {
        case WAITING -> unqueue(ticket);
        case RUNNING -> {
          running--;
          ticket.gate.running--;
          joinLine(ticket.gate);
        }
        case OVER -> {
          return;
        }
      }
      ticket.state = Ticket.State.OVER;
      dropIfUnused(ticket.gate);
    }
    grantWaiting();
  }

  void expire(Ticket ticket) {
    synchronized (this) {
      if (ticket.state != Ticket.State.WAITING) {
        return;
      }
      unqueue(ticket);
      ticket.state = Ticket.State.OVER;
      dropIfUnused(ticket.gate);
    }
    refusals.get(Refusal.QUEUE_TIME).increment();
    ticket.refuse(Refusal.QUEUE_TIME);
  }

  /** Lets as many run as there is now room for. */
  private void grantWaiting() {
    List<Ticket> granted = new ArrayList<>(1);
    synchronized (this) {
      while (running < limits.running() && !line.isEmpty()) {
        Gate gate = line.poll();
        gate.inLine = false;
        Ticket next = gate.hasRoom() ? gate.waiting.poll() : null;
        if (next != null) {
          waiting--;
          waitingBytes -= next.bytes;
          run(next);
          granted.add(next);
          joinLine(gate);
        }
      }
    }
    granted.forEach(Ticket::grant);
  }

  private void run(Ticket ticket) {
    ticket.state = Ticket.State.RUNNING;
    ticket.gate.running++;
    running++;
  }

  private void unqueue(Ticket ticket) {
    if (ticket.gate.waiting.remove(ticket)) {
      waiting--;
      waitingBytes -= ticket.bytes;
    }
  }

  private void joinLine(Gate gate) {
    if (!gate.inLine && gate.hasRoom() && !gate.waiting.isEmpty()) {
      gate.inLine = true;
      line.add(gate);
    }
  }

  private void dropIfUnused(Gate gate) {
    if (gate.isUnused()) {
      gates.remove(gate.function, gate);
    }
  }

  /** Returns how many invocations run. */
  public synchronized int running() {
    return running;
  }

  /** Returns how many wait. */
  public synchronized int waiting() {
    return waiting;
  }

  /** Returns how many bytes the waiting hold. */
  public synchronized long waitingBytes() {
    return waitingBytes;
  }

  /** Returns how often an invocation was refused for {@code refusal}. */
  public long refused(Refusal refusal) {
    return refusals.get(refusal).sum();
  }
}
