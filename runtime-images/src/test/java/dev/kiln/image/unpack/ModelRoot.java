package dev.kiln.image.unpack;

import dev.kiln.image.ImageRefusal;
import dev.kiln.image.unpack.ModelEntry.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What layers should make of a root, in memory and without a thought for speed: the reference that
 * the real one is compared with.
 */
final class ModelRoot {

  private static final int MAX_LINKS = 40;

  /** A file is compared by identity, so that hard links share it. */
  private record Leaf(String description) {}

  /** A layer was refused. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    final ImageRefusal refusal;

    Refused(ImageRefusal refusal) {
      this.refusal = refusal;
    }
  }

  private static final class Directory {
    final SortedMap<String, Object> children = new TreeMap<>();
    final Directory parent;

    Directory(Directory parent) {
      this.parent = parent == null ? this : parent;
    }
  }

  private final Directory root = new Directory(null);

  void apply(List<ModelEntry> layer) throws Refused {
    for (ModelEntry entry : layer) {
      takeAway(entry);
    }
    for (ModelEntry entry : layer) {
      add(entry);
    }
  }

  SortedMap<String, String> tree() {
    SortedMap<String, String> tree = new TreeMap<>();
    describe("", root, tree);
    return tree;
  }

  private void takeAway(ModelEntry entry) throws Refused {
    if (entry.kind() == Kind.OPAQUE) {
      walk(entry.path(), false).ifPresent(found -> found.children.clear());
      return;
    }
    if (entry.kind() == Kind.WHITEOUT) {
      walk(entry.parent(), false).ifPresent(parent -> parent.children.remove(entry.name()));
    } else if (entry.kind() == Kind.DIRECTORY) {
      walk(entry.parent(), false).ifPresent(parent -> makeDirectory(parent, entry.name()));
    }
  }

  private void add(ModelEntry entry) throws Refused {
    if (entry.kind() == Kind.OPAQUE || entry.kind() == Kind.WHITEOUT) {
      return;
    }
    Directory parent =
        walk(entry.parent(), true).orElseThrow(() -> new Refused(ImageRefusal.BELOW_A_FILE));
    switch (entry.kind()) {
      case FILE -> parent.children.put(entry.name(), new Leaf("file: " + entry.target()));
      case LINK -> parent.children.put(entry.name(), new Leaf("link: " + entry.target()));
      case DIRECTORY -> makeDirectory(parent, entry.name());
      case HARD_LINK -> addHardLink(parent, entry);
      case OPAQUE, WHITEOUT -> throw new IllegalStateException();
    }
  }

  private void addHardLink(Directory parent, ModelEntry entry) throws Refused {
    ModelEntry target = new ModelEntry(Kind.FILE, entry.target(), "");
    Directory holder =
        walk(target.parent(), false).orElseThrow(() -> new Refused(ImageRefusal.LINK_TARGET));
    Object linked = holder.children.get(target.name());
    Object replaced = parent.children.get(entry.name());
    boolean lost = replaced instanceof Directory below && holds(below, holder);
    if (!(linked instanceof Leaf) || lost) {
      throw new Refused(ImageRefusal.LINK_TARGET);
    }
    parent.children.put(entry.name(), linked);
  }

  private static boolean holds(Directory above, Directory below) {
    Directory at = below;
    while (at != above && at.parent != at) {
      at = at.parent;
    }
    return at == above;
  }

  private static void makeDirectory(Directory parent, String name) {
    if (!(parent.children.get(name) instanceof Directory)) {
      parent.children.put(name, new Directory(parent));
    }
  }

  private Optional<Directory> walk(String path, boolean making) throws Refused {
    Deque<String> ahead = new ArrayDeque<>(List.of(path.split("/")));
    Directory at = root;
    int links = 0;
    while (!ahead.isEmpty()) {
      String name = ahead.pop();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        at = at.parent;
        continue;
      }
      Object child = at.children.get(name);
      if (child == null && making) {
        child = new Directory(at);
        at.children.put(name, child);
      }
      if (child instanceof Directory below) {
        at = below;
      } else if (child instanceof Leaf leaf && leaf.description().startsWith("link: ")) {
        if (++links > MAX_LINKS) {
          throw new Refused(ImageRefusal.LINK_LOOPS);
        }
        String target = leaf.description().substring("link: ".length());
        at = target.startsWith("/") ? root : at;
        List<String> components = new ArrayList<>(List.of(target.split("/")));
        for (int i = components.size() - 1; i >= 0; i--) {
          ahead.push(components.get(i));
        }
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(at);
  }

  private static void describe(String path, Directory directory, SortedMap<String, String> tree) {
    for (Map.Entry<String, Object> child : directory.children.entrySet()) {
      String below = EntryPath.join(path, child.getKey());
      if (child.getValue() instanceof Directory inner) {
        tree.put(below, "directory");
        describe(below, inner, tree);
      } else if (child.getValue() instanceof Leaf leaf) {
        tree.put(below, leaf.description());
      }
    }
  }
}
