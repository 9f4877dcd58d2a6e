package dev.kiln.image.unpack;

import java.util.Arrays;
import java.util.List;

/** Relative paths of entries, as texts with {@code /} between components; the root is empty. */
final class EntryPath {

  private EntryPath() {}

  static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  static String join(String parent, String name) {
    return parent.isEmpty() ? name : parent + "/" + name;
  }

  /** Returns the components that mean something: neither empty nor {@code .}. */
  static List<String> components(String path) {
    return Arrays.stream(path.split("/"))
        .filter(component -> !component.isEmpty() && !component.equals("."))
        .toList();
  }
}
