package dev.kiln.launcher;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * Hears what the launcher tells unasked. Called on the client's reader thread, in order; must not
 * block.
 */
public interface LauncherListener {

  /** The sandbox is gone and its slot verified empty: it may be spawned again. */
  void exited(SandboxId id, Exit exit);

  /** A runtime's zygote died, or, without a runtime, the base zygote and every sandbox with it. */
  void zygoteDown(OptionalInt runtime);

  /** A runtime's zygote serves, or, without a runtime, the base zygote; it took {@code startup}. */
  void zygoteUp(OptionalInt runtime, Duration startup);

  /**
   * The launcher's socket has ended: nothing can be asked any more, every sandbox is being killed.
   */
  void gone();
}
