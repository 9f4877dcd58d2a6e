package dev.kiln.sandbox;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * Where a sandbox stands in its life. {@link #NEXT} is the one place that says what may follow
 * what.
 *
 * <pre>
 * STARTING → PLAIN → WARMING → WARMED          stems, of no function yet
 *     └────────┴─────────────────┴──→ BUSY ⇄ IDLE ⇄ FREEZING → FROZEN
 *                                       └──→ TEMPLATE
 * any of these → DYING → GONE
 * </pre>
 */
public enum SandboxState {
  /** Forked; it has not yet said that it is locked down. */
  STARTING,
  /** A stem: locked down, waiting for code. */
  PLAIN,
  /** A stem that is running the dummy calls. */
  WARMING,
  /** A stem that has run the dummy calls. */
  WARMED,
  /** Somebody's: code is being attached or loaded, or an invocation runs. */
  BUSY,
  /** Has a function loaded and waits for its next invocation. */
  IDLE,
  /**
   * Idle, and its processes are being stopped. May be leased: whoever stops them then undoes it.
   */
  FREEZING,
  /** Idle, its processes stopped. */
  FROZEN,
  /** Has a function loaded and forks a copy of itself for each invocation. */
  TEMPLATE,
  /** Its end was asked for or seen; its slot is not verified clean yet. */
  DYING,
  /** Its slot is clean: another sandbox may be forked into it. */
  GONE;

  private static final Map<SandboxState, Set<SandboxState>> NEXT =
      new EnumMap<>(SandboxState.class);

  static {
    NEXT.put(STARTING, Set.of(PLAIN, BUSY, DYING));
    NEXT.put(PLAIN, Set.of(WARMING, BUSY, DYING));
    NEXT.put(WARMING, Set.of(WARMED, BUSY, DYING));
    NEXT.put(WARMED, Set.of(BUSY, DYING));
    NEXT.put(BUSY, Set.of(IDLE, TEMPLATE, DYING));
    NEXT.put(IDLE, Set.of(BUSY, FREEZING, DYING));
    NEXT.put(FREEZING, Set.of(BUSY, FROZEN, DYING));
    NEXT.put(FROZEN, Set.of(BUSY, DYING));
    NEXT.put(TEMPLATE, Set.of(DYING));
    NEXT.put(DYING, Set.of(GONE));
    NEXT.put(GONE, Set.of());
  }

  /** Returns the states that may follow this one. */
  public Set<SandboxState> next() {
    return NEXT.getOrDefault(this, Set.of());
  }

  /** Returns whether a sandbox in this state lives and nobody has asked for its end. */
  public boolean isAlive() {
    return this != DYING && this != GONE;
  }
}
