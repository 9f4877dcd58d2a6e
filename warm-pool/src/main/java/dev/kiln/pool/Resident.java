package dev.kiln.pool;

import dev.kiln.sandbox.Sandbox;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox as the pool keeps it. While nobody holds it the fields are guarded by the inventory's
 * lock; while somebody does they are the holder's.
 */
final class Resident {

  /** What an idle sandbox is taken to hold until it has been measured. */
  static final long GUESSED_BYTES = 4L << 20;

  final Sandbox sandbox;
  @Nullable VersionStock tenant;

  /** Whether the launcher has been asked to attach the code. */
  boolean attaching;

  /** Completes when the code is attached, with the microseconds that took. */
  final CompletableFuture<Long> attached = new CompletableFuture<>();

  boolean loaded;
  long initMicros;
  long idleSinceNanos;
  long memoryBytes = GUESSED_BYTES;
  boolean measured;
  double priority;

  /** Whether it is being warmed, as a stem. */
  boolean warming;

  /** Whether its processes were stopped, or being stopped, when it was claimed. */
  boolean thaw;

  /** Whether its end was decided or seen, so that its slot will come free. */
  boolean leaving;

  Resident(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  int slot() {
    return sandbox.id().slot();
  }
}
