package dev.kiln.gateway.function;

import dev.kiln.image.Digest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The functions of this node: a copy in memory of what the store has, so that no call asks the
 * store. Changes of one function happen one after another, under a lock of a fixed number of locks;
 * they block and belong on no event loop. A change is stored first and takes effect then: what a
 * crash leaves is what the store has.
 */
public final class FunctionService implements FunctionStore.Listener {

  private static final int LOCKS = 64;

  private final FunctionStore store;
  private final FunctionListener listener;
  private final Map<FunctionId, Function> functions = new ConcurrentHashMap<>();
  private boolean listening;
  private final ReentrantLock[] locks =
      Stream.generate(ReentrantLock::new).limit(LOCKS).toArray(ReentrantLock[]::new);

  /** Creates it, empty; {@code listener} is told of every function and change. */
  public FunctionService(FunctionStore store, FunctionListener listener) {
    this.store = store;
    this.listener = listener;
  }

  /** Loads every function and follows the store from then on. May be tried again where it fails. */
  public void start() {
    if (!listening) {
      store.listen(this);
      listening = true;
    }
    reload();
  }

  /** Returns the functions, by name. */
  public List<Function> list() {
    return functions.values().stream()
        .sorted((one, other) -> one.id().name().compareTo(other.id().name()))
        .collect(Collectors.toList());
  }

  /** Returns the function called {@code id}, if this node knows it. */
  public Optional<Function> find(FunctionId id) {
    return Optional.ofNullable(functions.get(id));
  }

  /** Returns the digests of all code that any version needs. */
  public Set<Digest> codes() {
    return functions.values().stream()
        .flatMap(function -> function.codes().stream())
        .collect(Collectors.toSet());
  }

  /**
   * Changes a function, so that once this returns nothing that the change replaced answers on any
   * live node.
   *
   * @param operation makes of what is stored (empty: no such function) what is to be stored (empty:
   *     remove it); it may throw to change nothing
   * @return what is stored now
   */
  public Optional<Function> change(FunctionId id, UnaryOperator<Optional<Function>> operation) {
    Changed changed = changeHere(id, operation);
    // Not under the lock: another node may be changing the same function and wait for this one.
    changed.change().ifPresent(store::awaitAcknowledged);
    return changed.function();
  }

  /**
   * Has the listener look at {@code id} again, because something beside the store changed that it
   * depends on.
   */
  public void refresh(FunctionId id) {
    ReentrantLock lock = lockOf(id);
    lock.lock();
    try {
      Function current = functions.get(id);
      if (current != null) {
        listener.changed(id, Optional.of(current)).toCompletableFuture().join();
      }
    } finally {
      lock.unlock();
    }
  }

  private record Changed(Optional<Function> function, Optional<FunctionStore.Change> change) {}

  private Changed changeHere(FunctionId id, UnaryOperator<Optional<Function>> operation) {
    ReentrantLock lock = lockOf(id);
    lock.lock();
    try {
      Optional<Function> current = store.find(id);
      Optional<Function> next = operation.apply(current);
      if (next.equals(current)) {
        apply(id, current);
        return new Changed(current, Optional.empty());
      }
      FunctionStore.Change change = store.replace(id, current, next);
      apply(id, next);
      store.acknowledge(change);
      return new Changed(next, Optional.of(change));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void changed(FunctionStore.Change change) {
    ReentrantLock lock = lockOf(change.id());
    lock.lock();
    try {
      apply(change.id(), store.find(change.id()));
      store.acknowledge(change);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void reconnected() {
    reload();
  }

  private void reload() {
    Map<FunctionId, Function> stored =
        store.load().stream().collect(Collectors.toMap(Function::id, f -> f));
    Set<FunctionId> all =
        Stream.concat(stored.keySet().stream(), functions.keySet().stream())
            .collect(Collectors.toSet());
    for (FunctionId id : all) {
      ReentrantLock lock = lockOf(id);
      lock.lock();
      try {
        apply(id, store.find(id));
      } finally {
        lock.unlock();
      }
    }
  }

  /** A change that the listener fails at is taken back here: it comes again with the next look. */
  private void apply(FunctionId id, Optional<Function> next) {
    Optional<Function> before = find(id);
    if (next.equals(before)) {
      return;
    }
    hold(id, next);
    try {
      listener.changed(id, next).toCompletableFuture().join();
    } catch (RuntimeException e) {
      hold(id, before);
      throw e;
    }
  }

  private void hold(FunctionId id, Optional<Function> next) {
    next.ifPresentOrElse(function -> functions.put(id, function), () -> functions.remove(id));
  }

  private ReentrantLock lockOf(FunctionId id) {
    return locks[Math.floorMod(id.hashCode(), LOCKS)];
  }
}
