package dev.kiln.pool;

import dev.kiln.contract.Deadline;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;

/** A call that has asked for a sandbox of its version and has none yet. */
final class WaitingCall {

  final VersionStock stock;
  final Deadline deadline;
  final EventLoop loop;
  final long askedNanos = System.nanoTime();
  final CompletableFuture<Holding> result = new CompletableFuture<>();

  WaitingCall(VersionStock stock, Deadline deadline, EventLoop loop) {
    this.stock = stock;
    this.deadline = deadline;
    this.loop = loop;
  }
}
