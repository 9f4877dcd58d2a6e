package dev.kiln.image.build;

import dev.kiln.image.build.PlannedEntry.Copy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Adds to a plan every shared library that its programs and libraries need, and what those need,
 * and the loader: found on the host where the loader would find them. One use.
 */
final class LibraryClosure {

  private final ImagePlan plan;
  private final Deque<Path> pending = new ArrayDeque<>();
  private final Set<Path> seen = new HashSet<>();
  private final List<Path> added = new ArrayList<>();

  private LibraryClosure(ImagePlan plan) {
    this.plan = plan;
  }

  /**
   * Completes {@code plan}, also by {@code extraLibraries}; returns the paths of the added
   * libraries on the host.
   */
  static List<Path> complete(ImagePlan plan, List<String> extraLibraries)
      throws ImageBuildException, IOException {
    LibraryClosure closure = new LibraryClosure(plan);
    closure.enqueueNew();
    while (!closure.pending.isEmpty()) {
      Path target = closure.pending.removeFirst();
      Optional<ElfFile> elf = ElfFile.read(closure.source(target));
      if (elf.isPresent()) {
        closure.addNeeded(target, elf.get(), extraLibraries);
      }
    }
    return closure.added;
  }

  private void addNeeded(Path target, ElfFile elf, List<String> extraLibraries)
      throws ImageBuildException, IOException {
    if (elf.interpreter().isPresent()) {
      add(elf.interpreter().get());
      for (String name : extraLibraries) {
        add(find(name, target, elf));
      }
    }
    for (String name : elf.needed()) {
      add(find(name, target, elf));
    }
  }

  private void add(Path library) throws ImageBuildException, IOException {
    if (plan.contains(library)) {
      return;
    }
    int before = plan.entries().size();
    plan.host(library);
    if (plan.entries().size() > before) {
      added.add(library);
      enqueueNew();
    }
  }

  private Path find(String name, Path target, ElfFile elf) throws ImageBuildException {
    for (Path directory : directories(target, elf)) {
      Path library = directory.resolve(name);
      if (plan.contains(library) || Files.exists(library)) {
        return library;
      }
    }
    throw new ImageBuildException(
        "The image's "
            + target
            + " needs the library "
            + name
            + ", which this host does not have: install it");
  }

  private static List<Path> directories(Path target, ElfFile elf) throws ImageBuildException {
    String triplet =
        switch (elf.machine()) {
          case ElfFile.MACHINE_X86_64 -> "x86_64-linux-gnu";
          case ElfFile.MACHINE_AARCH64 -> "aarch64-linux-gnu";
          default ->
              throw new ImageBuildException(
                  "The image's " + target + " is for an unknown architecture");
        };
    List<Path> directories = new ArrayList<>();
    for (String directory : elf.searchPath()) {
      directories.add(
          Path.of(directory.replace("$ORIGIN", target.getParent().toString())).normalize());
    }
    for (String directory :
        List.of("/lib/" + triplet, "/usr/lib/" + triplet, "/lib64", "/lib", "/usr/lib")) {
      directories.add(Path.of(directory));
    }
    return directories;
  }

  private void enqueueNew() {
    for (Map.Entry<Path, PlannedEntry> entry : plan.entries().entrySet()) {
      if (entry.getValue() instanceof Copy copy
          && copy.sources().size() == 1
          && seen.add(entry.getKey())) {
        pending.add(entry.getKey());
      }
    }
  }

  private Path source(Path target) {
    return ((Copy) plan.entries().get(target)).sources().get(0);
  }
}
