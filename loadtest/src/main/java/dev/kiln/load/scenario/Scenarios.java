package dev.kiln.load.scenario;

import java.util.List;

/** All scenarios, in the order in which they run: those of one set-up of Kiln together. */
public final class Scenarios {

  private static final List<Scenario> ALL =
      List.of(
          new GeneratorCost(),
          new FirstCall(FirstCall.Grade.WARMED),
          new WarmLatency(),
          new WarmThroughput(),
          Sparse.fork(),
          new ForkThroughput(),
          Sparse.fresh(),
          new Churn(),
          new FirstCall(FirstCall.Grade.PLAIN),
          new FirstCall(FirstCall.Grade.NONE),
          Sparse.freshExhausted(),
          new StemMemory(),
          new IdleMemory(),
          new CreationTime());

  private Scenarios() {}

  /** Returns them all. */
  public static List<Scenario> all() {
    return ALL;
  }

  /** Returns those of the given names, in their order; all when none is given. */
  public static List<Scenario> named(List<String> names) {
    names.forEach(Scenarios::requireKnown);
    return ALL.stream().filter(s -> names.isEmpty() || names.contains(s.name())).toList();
  }

  private static void requireKnown(String name) {
    List<String> known = ALL.stream().map(Scenario::name).toList();
    if (!known.contains(name)) {
      throw new IllegalArgumentException(
          "no scenario is called " + name + "; there are " + String.join(", ", known));
    }
  }
}
