package dev.kiln.load.kiln;

import dev.kiln.load.run.Target;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * An instance of Kiln that can be called.
 *
 * @param target where it listens
 * @param api its interface
 * @param uidBase first uid of the range that its processes run as, or null where that is not known
 */
public record Kiln(Target target, KilnApi api, @Nullable Integer uidBase) {

  /** The slots' uids begin this far above the base. */
  private static final int FIRST_SLOT = 16;

  /** Returns the first uid of a sandbox. */
  public OptionalInt firstSandboxUid() {
    return uidBase == null ? OptionalInt.empty() : OptionalInt.of(uidBase + FIRST_SLOT);
  }
}
