package dev.kiln.pool;

import dev.kiln.cgroup.Limits;
import dev.kiln.contract.Isolation;
import dev.kiln.contract.framed.LoadFrame;
import dev.kiln.pool.policy.Backoff;
import dev.kiln.sandbox.SandboxState;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the pool has of one version: its idle sandboxes, its waiting calls, its counts. Guarded by
 * the inventory's lock.
 */
final class VersionStock {

  /** How far down the stack a sandbox of the caller's own event loop is looked for. */
  private static final int LOOK_BACK = 8;

  /** Everyone's share of a contended CPU. */
  static final int CPU_WEIGHT = 100;

  final Version version;
  final RuntimeStock runtime;
  final Isolation isolation;
  final Limits limits;
  final List<Resident> idle = new ArrayList<>();
  final ArrayDeque<WaitingCall> waiting = new ArrayDeque<>();
  final Backoff prestart;

  /** What forks copies, where the isolation is {@code fork} and a call has come. */
  @Nullable Template template;

  /**
   * What a sandbox is sent to initialise the function. Encoded before anybody calls: it takes a
   * tenth of a millisecond at sparse arrivals.
   */
  final LoadFrame load;

  int busy;
  int ordered;
  int minWarm;
  boolean retired;
  long uses;
  long recycled;
  long evicted;

  VersionStock(Version version, RuntimeStock runtime, Isolation isolation, long nowNanos) {
    this.version = version;
    this.runtime = runtime;
    this.isolation = isolation;
    this.limits = new Limits(version.memoryBytes(), cpuMillis(), CPU_WEIGHT, version.processes());
    this.load = LoadConfiguration.frame(version, isolation);
    this.prestart = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5), nowNanos);
  }

  /** Copies share a sandbox, but each may use what a call with a sandbox of its own may use. */
  private int cpuMillis() {
    return isolation == Isolation.FORK
        ? version.cpuMillis() * version.concurrency()
        : version.cpuMillis();
  }

  /**
   * Returns how many sandboxes it may have in use: one, where that one forks a copy for each call.
   */
  int limit() {
    return isolation == Isolation.FORK ? 1 : version.concurrency();
  }

  boolean mayGrow() {
    return !retired && busy + ordered < limit();
  }

  /**
   * Takes the sandbox that was used last, one that lives on {@code loop} if there is one near the
   * top.
   */
  @Nullable Resident takeIdle(EventLoop loop) {
    while (!idle.isEmpty()) {
      Resident resident = idle.remove(choose(loop));
      if (becomeBusy(resident)) {
        return resident;
      }
    }
    return null;
  }

  private int choose(EventLoop loop) {
    int top = idle.size() - 1;
    for (int i = top; i >= 0 && i > top - LOOK_BACK; i--) {
      if (idle.get(i).sandbox.conversation().loop() == loop) {
        return i;
      }
    }
    return top;
  }

  /** Claims an idle sandbox, frozen or not; false if it has died. */
  private static boolean becomeBusy(Resident resident) {
    if (resident.sandbox.move(SandboxState.IDLE, SandboxState.BUSY)) {
      return true;
    }
    resident.thaw =
        resident.sandbox.move(SandboxState.FREEZING, SandboxState.BUSY)
            || resident.sandbox.move(SandboxState.FROZEN, SandboxState.BUSY);
    return resident.thaw;
  }
}
