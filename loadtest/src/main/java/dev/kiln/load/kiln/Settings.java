package dev.kiln.load.kiln;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How an instance of Kiln is set up for a group of scenarios.
 *
 * @param name what reports call it
 * @param properties keys of {@code docs/configuration.md} that differ from their defaults
 * @param launcherOptions further options of the launcher
 */
public record Settings(String name, Map<String, String> properties, List<String> launcherOptions) {

  private static final List<String> ROOM_FOR_A_THOUSAND = List.of("--slots", "1100");

  /** As Kiln comes. */
  public static final Settings STANDARD = new Settings("standard", Map.of(), List.of());

  /** Stems are kept, but none has run the dummy calls. */
  public static final Settings PLAIN_STEMS =
      new Settings("plain stems", Map.of("kiln.pool.stems-warmed", "0"), List.of());

  /**
   * Nearly no stems: the pool has to keep one, since a stem that answered is what readiness means,
   * but replaces it only once a second, so that calls which come more often fork on demand. Those
   * that met the stem are not counted.
   */
  public static final Settings NO_STEMS = new Settings("no stems", noStems(), List.of());

  /** As Kiln comes, with room for a thousand idle sandboxes. */
  public static final Settings ROOMY =
      new Settings("room for 1,000", roomy(Map.of()), ROOM_FOR_A_THOUSAND);

  /** Room for a thousand idle sandboxes, each forked on demand. */
  public static final Settings ROOMY_NO_STEMS =
      new Settings("room for 1,000, no stems", roomy(noStems()), ROOM_FOR_A_THOUSAND);

  /**
   * Two hundred plain stems: with only a few, the pages that all of them share with their zygote
   * would count for a good part of each.
   */
  public static final Settings MANY_PLAIN_STEMS =
      new Settings(
          "200 plain stems",
          Map.of(
              "kiln.pool.stems-min", "200",
              "kiln.pool.stems-max", "200",
              "kiln.pool.stems-warmed", "0"),
          List.of("--slots", "300"));

  public Settings {
    properties = Map.copyOf(properties);
    launcherOptions = List.copyOf(launcherOptions);
  }

  /** Returns the properties as options of a Java virtual machine. */
  String jvmOptions() {
    return String.join(
        " ",
        properties.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> "-D" + entry.getKey() + "=" + entry.getValue())
            .toList());
  }

  private static Map<String, String> noStems() {
    return Map.of(
        "kiln.pool.stems-min",
        "1",
        "kiln.pool.stems-max",
        "1",
        "kiln.pool.stems-warmed",
        "0",
        "kiln.pool.births-per-second",
        "1");
  }

  private static Map<String, String> roomy(Map<String, String> properties) {
    Map<String, String> all = new LinkedHashMap<>(properties);
    all.put("kiln.pool.keep-alive-bytes", Long.toString(16L << 30));
    return all;
  }
}
