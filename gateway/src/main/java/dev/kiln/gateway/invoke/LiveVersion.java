package dev.kiln.gateway.invoke;

import dev.kiln.gateway.function.FunctionVersion;
import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.pool.Version;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A version that this node serves, and the calls that run it. Once closed no call enters any more;
 * it is drained when the last one has left. Thread-safe.
 */
final class LiveVersion {

  private final FunctionVersion version;
  private final Version engineVersion;
  private final Set<Call> calls = new HashSet<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private boolean closed;

  LiveVersion(FunctionVersion version, Version engineVersion) {
    this.version = version;
    this.engineVersion = engineVersion;
  }

  FunctionVersion version() {
    return version;
  }

  Version engineVersion() {
    return engineVersion;
  }

  boolean isStill(FunctionVersion other) {
    return version.revision().id().equals(other.revision().id());
  }

  boolean hasBundle() {
    return engineVersion.bundle().length > 0;
  }

  /** Lets {@code call} in; returns false once the version is closed. */
  synchronized boolean enter(Call call) {
    return !closed && calls.add(call);
  }

  void leave(Call call) {
    boolean last;
    synchronized (this) {
      last = calls.remove(call) && closed && calls.isEmpty();
    }
    if (last) {
      drained.complete(null);
    }
  }

  /** Lets nobody in any more, and completes when nobody is left. */
  CompletionStage<Void> close() {
    boolean empty;
    synchronized (this) {
      closed = true;
      empty = calls.isEmpty();
    }
    if (empty) {
      drained.complete(null);
    }
    return drained;
  }

  /** Ends the calls that are left. */
  void expel(ProblemException problem) {
    List<Call> left;
    synchronized (this) {
      left = List.copyOf(calls);
    }
    left.forEach(call -> call.supersede(problem));
  }
}
