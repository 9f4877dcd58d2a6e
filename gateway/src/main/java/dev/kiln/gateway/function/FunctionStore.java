package dev.kiln.gateway.function;

import java.util.Collection;
import java.util.Optional;

/**
 * Where functions outlive the gateway. Calls block and belong on no event loop; each throws {@link
 * StoreUnavailableException} while the store cannot be reached, and then may or may not have had
 * its effect.
 */
public interface FunctionStore extends AutoCloseable {

  /** Returns every function, and remembers that this node has seen all changes up to now. */
  Collection<Function> load();

  /** Returns the function as it is stored now. */
  Optional<Function> find(FunctionId id);

  /**
   * Stores {@code next} (empty: removes the function) in place of {@code expected} and tells every
   * node.
   *
   * @throws FunctionConflictException if something else than {@code expected} is stored
   */
  Change replace(FunctionId id, Optional<Function> expected, Optional<Function> next);

  /** Tells the other nodes that calls here follow {@code change} from now on. */
  void acknowledge(Change change);

  /** Waits until every live node has acknowledged {@code change} or is held for dead. */
  void awaitAcknowledged(Change change);

  /**
   * Calls {@code listener} from now on, on a thread of the store's that it may block. Where it
   * throws {@link StoreUnavailableException}, it is told to load everything again a little later.
   */
  void listen(Listener listener);

  /** Returns whether the store can be reached at the moment. */
  boolean isReachable();

  @Override
  void close();

  /**
   * One change of one function.
   *
   * @param key unique
   * @param epoch how many changes there were, this one included
   * @param id the function
   */
  record Change(String key, long epoch, FunctionId id) {}

  /** Learns of changes that any node made. */
  interface Listener {
    /** A function changed. */
    void changed(Change change);

    /** Changes may have been missed: everything has to be loaded again. */
    void reconnected();
  }
}
