package dev.kiln.gateway.invoke;

import dev.kiln.gateway.function.Function;
import dev.kiln.gateway.function.FunctionVersion;
import dev.kiln.gateway.function.Qualifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;

/**
 * A function as this node serves it. The latest version is made when the function changes, others
 * when they are first called. Thread-safe.
 */
final class LiveFunction {

  private final Function function;
  private final LiveVersion latest;
  private final BiFunction<Function, FunctionVersion, LiveVersion> factory;
  private final Map<String, LiveVersion> others;
  private boolean closed;

  private LiveFunction(
      Function function,
      LiveVersion latest,
      Map<String, LiveVersion> others,
      BiFunction<Function, FunctionVersion, LiveVersion> factory) {
    this.function = function;
    this.latest = latest;
    this.others = others;
    this.factory = factory;
  }

  /**
   * Returns it with {@code latest}; {@code factory} makes the versions that are called by number or
   * alias.
   */
  static LiveFunction of(
      Function function,
      LiveVersion latest,
      BiFunction<Function, FunctionVersion, LiveVersion> factory) {
    return new LiveFunction(function, latest, new HashMap<>(), factory);
  }

  Function function() {
    return function;
  }

  LiveVersion latest() {
    return latest;
  }

  /**
   * Returns the version that {@code qualifier} means, or none if the function has no such version.
   */
  Optional<LiveVersion> resolve(Qualifier qualifier) {
    if (qualifier == Qualifier.LATEST) {
      return Optional.of(latest);
    }
    return function.resolve(qualifier, ThreadLocalRandom.current().nextDouble()).map(this::live);
  }

  private LiveVersion live(FunctionVersion version) {
    String revision = version.revision().id();
    if (revision.equals(latest.version().revision().id())) {
      return latest;
    }
    synchronized (this) {
      LiveVersion live =
          others.computeIfAbsent(revision, absent -> factory.apply(function, version));
      if (closed) {
        live.close();
      }
      return live;
    }
  }

  /** Makes no version any more that can be entered, and returns those that were made. */
  synchronized List<LiveVersion> close() {
    closed = true;
    List<LiveVersion> all = new ArrayList<>(others.values());
    all.add(latest);
    return all;
  }
}
