package dev.kiln.gateway.function;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A store of one node, in memory. */
final class TestingStore implements FunctionStore {

  private final Map<FunctionId, Function> functions = new HashMap<>();
  private long epoch;

  @Override
  public Collection<Function> load() {
    return List.copyOf(functions.values());
  }

  @Override
  public Optional<Function> find(FunctionId id) {
    return Optional.ofNullable(functions.get(id));
  }

  @Override
  public Change replace(FunctionId id, Optional<Function> expected, Optional<Function> next) {
    next.ifPresentOrElse(function -> functions.put(id, function), () -> functions.remove(id));
    return new Change("change-" + ++epoch, epoch, id);
  }

  @Override
  public void acknowledge(Change change) {}

  @Override
  public void awaitAcknowledged(Change change) {}

  @Override
  public void listen(Listener listener) {}

  @Override
  public boolean isReachable() {
    return true;
  }

  @Override
  public void close() {}
}
