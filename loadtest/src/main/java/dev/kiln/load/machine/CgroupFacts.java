package dev.kiln.load.machine;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How many cgroups there are on the machine. A removed group lives on as a dying one while anything
 * is still charged to it: a system that makes and removes many must not pile them up.
 *
 * @param live cgroups of the unified tree
 * @param dying removed ones of the unified tree that still hold something
 * @param memoryGroups groups of the memory controller, wherever it is mounted, dying ones included
 */
public record CgroupFacts(long live, long dying, long memoryGroups) {

  /** Asks this machine. */
  public static CgroupFacts read() {
    Path v2 = Path.of("/sys/fs/cgroup/cgroup.stat");
    Path hybrid = Path.of("/sys/fs/cgroup/unified/cgroup.stat");
    String stat =
        Files.exists(v2)
            ? MachineFacts.read(v2.toString())
            : Files.exists(hybrid) ? MachineFacts.read(hybrid.toString()) : "";
    return new CgroupFacts(
        count(stat, "nr_descendants "), count(stat, "nr_dying_descendants "), memoryGroupCount());
  }

  private static long count(String stat, String name) {
    return stat.lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).trim())
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }

  private static long memoryGroupCount() {
    return MachineFacts.read("/proc/cgroups")
        .lines()
        .filter(line -> line.startsWith("memory\t"))
        .map(line -> line.split("\t")[2])
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }
}
