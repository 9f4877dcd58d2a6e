package dev.kiln.contract;

/** How far one invocation of a function is kept from the next. */
public enum Isolation {
  /** A sandbox serves one version's invocations one after another. */
  REUSE,
  /**
   * Each invocation in a forked copy of the initialised process, inside its sandbox: hygiene, no
   * boundary.
   */
  FORK,
  /** Each invocation in a sandbox of its own, from a stem. */
  FRESH
}
