package dev.kiln.pool;

import dev.kiln.pool.policy.KeepAlive;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The idle sandboxes of all versions, by what they are worth. Guarded by the inventory's lock. */
final class IdleSet {

  /**
   * What a start costs beyond the function's own initialisation: attach, load and the stem that
   * must be replaced.
   */
  private static final long STEM_MICROS = 3000;

  private final KeepAlive policy = new KeepAlive();
  private final TreeSet<Resident> byPriority =
      new TreeSet<>(
          Comparator.<Resident>comparingDouble(resident -> resident.priority)
              .thenComparingInt(Resident::slot));
  private long bytes;

  /** Takes in a sandbox that has just become idle. */
  void add(Resident resident, VersionStock stock) {
    resident.priority =
        policy.priority(stock.uses, STEM_MICROS + resident.initMicros, resident.memoryBytes);
    byPriority.add(resident);
    bytes += resident.memoryBytes;
  }

  /** Takes out a sandbox that is leased, or gone; without effect if it is not idle. */
  void remove(Resident resident) {
    if (byPriority.remove(resident)) {
      bytes -= resident.memoryBytes;
    }
  }

  /** Notes what an idle sandbox really holds. */
  void measured(Resident resident, VersionStock stock, long memoryBytes) {
    if (byPriority.remove(resident)) {
      bytes -= resident.memoryBytes;
      resident.memoryBytes = memoryBytes;
      resident.measured = true;
      add(resident, stock);
    }
  }

  /**
   * Returns the one worth least that its version does not have to keep warm, and moves the clock to
   * it.
   */
  Optional<Resident> evict() {
    for (Resident resident : byPriority) {
      VersionStock stock = resident.tenant;
      if (stock != null && stock.idle.size() + stock.busy > stock.minWarm) {
        policy.evicted(resident.priority);
        return Optional.of(resident);
      }
    }
    return Optional.empty();
  }

  /**
   * The same where a call waits for the slot: what is kept warm for calls that have not come is the
   * last to go, but it goes.
   */
  Optional<Resident> evictForCall() {
    Optional<Resident> spare = evict();
    return spare.isPresent() ? spare : byPriority.stream().findFirst();
  }

  /** Returns all of them, the one worth most first. */
  List<Resident> hottestFirst() {
    return new ArrayList<>(byPriority.descendingSet());
  }

  long bytes() {
    return bytes;
  }
}
