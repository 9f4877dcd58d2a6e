package dev.kiln.pool;

import dev.kiln.pool.policy.Backoff;
import dev.kiln.pool.policy.RefillPace;
import dev.kiln.pool.policy.StemTarget;
import dev.kiln.sandbox.SandboxState;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What the pool has of one runtime: its stems, and who waits for one. Guarded by the inventory's
 * lock.
 */
final class RuntimeStock {

  /** For how long stems last when none is made: longer than a zygote takes to come back. */
  private static final Duration STEMS_LAST = Duration.ofMillis(500);

  private static final Duration PATIENCE = Duration.ofMillis(20);

  final int index;
  final String name;
  final StemTarget target;
  final RefillPace pace;
  final Backoff birthFailures;
  final Backoff warmFailures;
  final ArrayDeque<Resident> plain = new ArrayDeque<>();
  final ArrayDeque<Resident> warmed = new ArrayDeque<>();

  /** One entry for each stem that a version waits for; stale where the version no longer does. */
  final ArrayDeque<VersionStock> orders = new ArrayDeque<>();

  /** Sandboxes that are being forked. */
  int births;

  /** Stems that have answered and are on no shelf yet, those that are being warmed included. */
  int settling;

  /** Stems that are being warmed. */
  int warming;

  boolean zygoteUp = true;
  boolean ready;
  long recycled;
  long evicted;

  RuntimeStock(int index, String name, PoolConfig config, int processors, long nowNanos) {
    this.index = index;
    this.name = name;
    this.target = new StemTarget(config.stemsMin(), config.stemsMax(), STEMS_LAST, nowNanos);
    this.pace =
        new RefillPace(
            config.birthsPerSecond(), config.birthsAtOnce(), processors, PATIENCE, nowNanos);
    this.birthFailures = new Backoff(Duration.ofMillis(10), Duration.ofSeconds(1), nowNanos);
    this.warmFailures = new Backoff(Duration.ofMillis(100), Duration.ofMinutes(1), nowNanos);
  }

  int stems() {
    return plain.size() + warmed.size();
  }

  /** Takes a stem for a call: a warmed one if there is one. */
  @Nullable Resident takeStem() {
    Resident stem = take(warmed, SandboxState.WARMED, SandboxState.BUSY);
    return stem != null ? stem : take(plain, SandboxState.PLAIN, SandboxState.BUSY);
  }

  /** Takes a plain stem that is to be warmed. */
  @Nullable Resident takeForWarming() {
    return take(plain, SandboxState.PLAIN, SandboxState.WARMING);
  }

  /** Returns the version whose order is next and still stands. */
  @Nullable VersionStock takeOrder() {
    VersionStock next = orders.poll();
    while (next != null) {
      next.ordered--;
      if (!next.waiting.isEmpty()) {
        return next;
      }
      next = orders.poll();
    }
    return null;
  }

  private static @Nullable Resident take(
      ArrayDeque<Resident> shelf, SandboxState from, SandboxState to) {
    Resident resident = shelf.poll();
    while (resident != null && !resident.sandbox.move(from, to)) {
      resident = shelf.poll();
    }
    return resident;
  }
}
