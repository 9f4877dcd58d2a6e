package dev.kiln.load.scenario;

import dev.kiln.load.kiln.Kiln;
import dev.kiln.load.machine.Processes;
import dev.kiln.load.statistics.Samples;
import java.util.List;
import java.util.OptionalInt;

/**
 * The memory of the sandboxes that are alive.
 *
 * @param processes how many processes run as a sandbox's user
 * @param meanBytes mean of their proportional set sizes
 * @param medianBytes median of them
 */
record Residents(int processes, double meanBytes, double medianBytes) {

  /** More users than any instance has slots for; the range of the next instance begins beyond. */
  private static final int USERS = 8192 - 16;

  /** Reads the memory of every process of a sandbox's user; needs root. */
  static Residents read(Kiln kiln) {
    OptionalInt first = kiln.firstSandboxUid();
    if (first.isEmpty()) {
      return new Residents(0, Double.NaN, Double.NaN);
    }
    List<Integer> processes = Processes.ofUsers(first.getAsInt(), USERS);
    double[] sizes =
        processes.stream()
            .map(Processes::proportionalBytes)
            .flatMapToLong(java.util.OptionalLong::stream)
            .asDoubleStream()
            .toArray();
    if (sizes.length == 0) {
      return new Residents(0, Double.NaN, Double.NaN);
    }
    double total = 0;
    for (double size : sizes) {
      total += size;
    }
    return new Residents(sizes.length, total / sizes.length, Samples.median(sizes));
  }
}
