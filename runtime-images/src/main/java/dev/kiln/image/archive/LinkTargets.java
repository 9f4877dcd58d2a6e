package dev.kiln.image.archive;

import static dev.kiln.image.archive.ArchiveRefusal.LINK_ESCAPES;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows the symbolic links of an archive in memory, with the archive's root as the root of all,
 * and refuses a link whose way leaves it at any step. Looking at targets as text is not enough:
 * with {@code m -> ..} inside {@code a/}, {@code a/m/..} looks like {@code a} and is the root's
 * parent. Each link is followed once, so the effort is the sum of the targets' components.
 */
final class LinkTargets {

  /** Links on the way of one link; the kernel gives up after as many. */
  private static final int MAX_CHAIN = 40;

  private final Map<String, String> targets;
  private final Map<String, List<String>> resolved = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  private LinkTargets(Map<String, String> targets) {
    this.targets = targets;
  }

  /** Checks all links, given as path to target. */
  static void check(Map<String, String> targets) throws ArchiveRefusedException {
    LinkTargets links = new LinkTargets(targets);
    for (String path : targets.keySet()) {
      links.resolve(path);
    }
  }

  private List<String> resolve(String link) throws ArchiveRefusedException {
    List<String> known = resolved.get(link);
    if (known != null) {
      return known;
    }
    if (open.size() >= MAX_CHAIN || !open.add(link)) {
      throw ArchiveRefusedException.ofEntry(
          LINK_ESCAPES, link, "is a link that leads round in a circle");
    }
    List<String> end = walk(link, targets.get(link));
    open.remove(link);
    resolved.put(link, end);
    return end;
  }

  private List<String> walk(String link, String target) throws ArchiveRefusedException {
    if (target.isEmpty()
        || target.startsWith("/")
        || target.chars().anyMatch(Character::isISOControl)) {
      throw ArchiveRefusedException.ofEntry(
          LINK_ESCAPES, link, "is a link whose target is absolute, empty or not a path");
    }
    List<String> at = new ArrayList<>(List.of(link.split("/")));
    at.remove(at.size() - 1);
    for (String component : target.split("/")) {
      if (component.equals("..")) {
        if (at.isEmpty()) {
          throw ArchiveRefusedException.ofEntry(
              LINK_ESCAPES, link, "is a link that leads out of the archive");
        }
        at.remove(at.size() - 1);
      } else if (!component.isEmpty() && !component.equals(".")) {
        at.add(component);
        at = follow(at);
      }
    }
    return at;
  }

  private List<String> follow(List<String> at) throws ArchiveRefusedException {
    String path = String.join("/", at);
    return targets.containsKey(path) ? new ArrayList<>(resolve(path)) : at;
  }
}
