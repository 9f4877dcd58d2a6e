package dev.kiln.sandbox;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** How often each change of a sandbox's state has happened. Thread-safe. */
public final class TransitionCounts {

  private final Map<SandboxState, Map<SandboxState, LongAdder>> counts =
      new EnumMap<>(SandboxState.class);

  /** Begins with no change counted. */
  public TransitionCounts() {
    for (SandboxState from : SandboxState.values()) {
      Map<SandboxState, LongAdder> row = new EnumMap<>(SandboxState.class);
      from.next().forEach(to -> row.put(to, new LongAdder()));
      counts.put(from, row);
    }
  }

  void count(SandboxState from, SandboxState to) {
    counts.get(from).get(to).increment();
  }

  /** Returns the changes that have happened, {@code "IDLE>BUSY"} to their number. */
  public Map<String, Long> toMap() {
    Map<String, Long> map = new TreeMap<>();
    counts.forEach(
        (from, row) ->
            row.forEach(
                (to, count) -> {
                  if (count.sum() > 0) {
                    map.put(from + ">" + to, count.sum());
                  }
                }));
    return map;
  }
}
