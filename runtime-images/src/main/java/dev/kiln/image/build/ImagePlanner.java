package dev.kiln.image.build;

import dev.kiln.image.build.ImageDescriptor.Concatenation;
import dev.kiln.image.build.ImageDescriptor.FileRule;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns a descriptor into a plan: looks at the host, writes nothing. */
final class ImagePlanner {

  private final ImageDescriptor descriptor;
  private final Path base;
  private final ImagePlan plan = new ImagePlan();

  private ImagePlanner(ImageDescriptor descriptor, Path base) {
    this.descriptor = descriptor;
    this.base = base;
  }

  /**
   * A plan, and the libraries that only the closure brought in.
   *
   * @param plan all entries
   * @param libraries paths on the host
   */
  record Planned(ImagePlan plan, List<Path> libraries) {}

  /** Plans the image of {@code descriptor}, whose relative paths start at {@code base}. */
  static Planned plan(ImageDescriptor descriptor, Path base)
      throws ImageBuildException, IOException {
    ImagePlanner planner = new ImagePlanner(descriptor, base);
    planner.addTexts();
    planner.addPackages();
    planner.addFiles();
    planner.addConcatenations();
    List<Path> libraries = LibraryClosure.complete(planner.plan, descriptor.libraries());
    return new Planned(planner.plan, libraries);
  }

  private void addTexts() throws ImageBuildException {
    for (String directory : descriptor.directories()) {
      plan.directory(Path.of(directory));
    }
    for (Map.Entry<String, String> text : descriptor.texts().entrySet()) {
      plan.text(Path.of(text.getKey()), text.getValue());
    }
    for (Map.Entry<String, String> link : descriptor.links().entrySet()) {
      plan.link(Path.of(link.getKey()), link.getValue());
    }
  }

  private void addPackages() throws ImageBuildException, IOException {
    List<PathMatcher> include = globs(descriptor.include());
    List<PathMatcher> exclude = globs(descriptor.exclude());
    for (Path path : DebianPackages.files(descriptor.packages())) {
      boolean chosen =
          include.stream().anyMatch(glob -> glob.matches(path))
              && exclude.stream().noneMatch(glob -> glob.matches(path));
      if (chosen && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        plan.host(path);
      }
    }
  }

  private void addFiles() throws ImageBuildException, IOException {
    for (FileRule rule : descriptor.files()) {
      for (Path source : matches(base.resolve(rule.from()))) {
        plan.copy(
            Path.of(rule.to()).resolve(source.getFileName()),
            List.of(source),
            Files.isExecutable(source));
      }
    }
  }

  private void addConcatenations() throws ImageBuildException, IOException {
    for (Concatenation rule : descriptor.concatenated()) {
      List<Path> sources = new ArrayList<>();
      for (String from : rule.from()) {
        sources.addAll(matches(Path.of(from)));
      }
      plan.copy(Path.of(rule.to()), sources, false);
    }
  }

  private static List<PathMatcher> globs(List<String> patterns) {
    return patterns.stream()
        .map(pattern -> FileSystems.getDefault().getPathMatcher("glob:" + pattern))
        .toList();
  }

  /**
   * Returns the files that a path whose last component may be a glob stands for, sorted; at least
   * one.
   */
  private static List<Path> matches(Path pattern) throws ImageBuildException, IOException {
    List<Path> matches = new ArrayList<>();
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(
            pattern.getParent().normalize(), pattern.getFileName().toString())) {
      found.forEach(matches::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw new ImageBuildException("There is no directory " + pattern.getParent().normalize(), e);
    }
    if (matches.isEmpty()) {
      throw new ImageBuildException(
          "There is no file " + pattern.normalize() + ": build it, or install its package");
    }
    matches.sort(null);
    return matches;
  }
}
