package dev.kiln.pool;

import dev.kiln.contract.Deadline;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;

/**
 * A call that has asked a template for a copy and has none yet. Where no copies can be made it gets
 * a sandbox of its own instead.
 */
final class CopyCall {

  final Deadline deadline;
  final EventLoop loop;
  final long askedNanos = System.nanoTime();
  final CompletableFuture<Seat> result = new CompletableFuture<>();

  CopyCall(Deadline deadline, EventLoop loop) {
    this.deadline = deadline;
    this.loop = loop;
  }
}
