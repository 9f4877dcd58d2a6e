package dev.kiln.image.build;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Asks dpkg what is installed on this host. */
final class DebianPackages {

  private static final String QUERY = "dpkg-query";

  private DebianPackages() {}

  /** Returns all paths of {@code packages}, which must be installed. */
  static List<Path> files(List<String> packages) throws ImageBuildException, IOException {
    if (packages.isEmpty()) {
      return List.of();
    }
    HostCommand.Result listed = query("--listfiles", packages);
    if (listed.status() != 0) {
      throw new ImageBuildException(
          "Not all packages of the image are installed. Run: apt-get install "
              + String.join(" ", packages));
    }
    List<Path> paths = new ArrayList<>();
    listed.output().lines().filter(line -> line.startsWith("/")).map(Path::of).forEach(paths::add);
    return paths;
  }

  /**
   * Returns {@code packages} and those that own {@code libraries}, with versions, sorted by name.
   */
  static SortedSet<ImagePackage> describe(List<String> packages, List<Path> libraries)
      throws ImageBuildException, IOException {
    Set<String> names = new LinkedHashSet<>(packages);
    names.addAll(owners(libraries));
    SortedSet<ImagePackage> described = new TreeSet<>();
    if (names.isEmpty()) {
      return described;
    }
    HostCommand.Result shown =
        query("--show", List.of("--showformat=${Package} ${Version} ${Architecture}\\n"), names);
    if (shown.status() != 0) {
      throw new ImageBuildException(
          "dpkg does not know a package that owns a library: " + shown.output().strip());
    }
    for (String line : shown.output().lines().toList()) {
      String[] fields = line.split(" ");
      described.add(new ImagePackage(fields[0], fields[1], fields[2]));
    }
    return described;
  }

  /**
   * A merged /usr makes /lib/x and /usr/lib/x one file; dpkg knows it under the name that its
   * package has.
   */
  private static Set<String> owners(List<Path> libraries) throws IOException {
    Set<String> spellings = new LinkedHashSet<>();
    for (Path library : libraries) {
      String path = library.toRealPath().toString();
      spellings.add(path);
      spellings.add(path.startsWith("/usr/") ? path.substring("/usr".length()) : "/usr" + path);
    }
    Set<String> owners = new LinkedHashSet<>();
    if (!spellings.isEmpty()) {
      for (String line : query("--search", spellings).output().lines().toList()) {
        int colon = line.indexOf(": ");
        if (colon > 0 && !line.startsWith(QUERY)) {
          owners.add(line.substring(0, colon));
        }
      }
    }
    return owners;
  }

  private static HostCommand.Result query(String action, Iterable<String> arguments)
      throws IOException {
    return query(action, List.of(), arguments);
  }

  private static HostCommand.Result query(
      String action, List<String> options, Iterable<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(QUERY, action));
    command.addAll(options);
    command.add("--");
    arguments.forEach(command::add);
    return HostCommand.run(command, Map.of());
  }
}
