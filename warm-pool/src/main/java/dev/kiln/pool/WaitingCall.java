package dev.kiln.pool;

import dev.kiln.contract.Deadline;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;

/** A call that has asked for a sandbox of its version and has none yet. */
final class WaitingCall {

  /** All stems die at once when their zygote does, and a call may come before that is known. */
  private static final int MOST_DEAD_STEMS = 3;

  final VersionStock stock;
  final Deadline deadline;
  final EventLoop loop;

  /** Whether the code is to be attached before the sandbox is handed out. */
  final boolean awaitsCode;

  final long askedNanos = System.nanoTime();
  final CompletableFuture<Holding> result = new CompletableFuture<>();

  private int deadStems;

  WaitingCall(VersionStock stock, Deadline deadline, EventLoop loop, boolean awaitsCode) {
    this.stock = stock;
    this.deadline = deadline;
    this.loop = loop;
    this.awaitsCode = awaitsCode;
  }

  /**
   * Counts a stem that was dead; false once it has been given so many that something else is wrong.
   */
  boolean mayTryAnotherStem() {
    deadStems++;
    return deadStems <= MOST_DEAD_STEMS;
  }
}
