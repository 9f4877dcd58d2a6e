package dev.kiln.image.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says which directories of an image its bytes are in, largest first. */
final class SizeReport {

  private static final int DEPTH = 3;
  private static final int LINES = 12;

  private SizeReport() {}

  /** Returns lines such as {@code " 12.3 MB /usr/lib/python3.11"}. */
  static String of(Path root) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
          sizes.merge(group(root.relativize(path)), Files.size(path), Long::sum);
        }
      }
    }
    return sizes.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(LINES)
        .map(
            size ->
                String.format(Locale.ROOT, "  %6.1f MB  /%s", size.getValue() / 1e6, size.getKey()))
        .collect(Collectors.joining("\n"));
  }

  private static String group(Path file) {
    int depth = Math.min(DEPTH, Math.max(1, file.getNameCount() - 1));
    return file.subpath(0, depth).toString();
  }
}
