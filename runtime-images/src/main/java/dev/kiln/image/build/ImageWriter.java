package dev.kiln.image.build;

import dev.kiln.image.build.ImageDescriptor.Bytecode;
import dev.kiln.image.build.PlannedEntry.Copy;
import dev.kiln.image.build.PlannedEntry.Directory;
import dev.kiln.image.build.PlannedEntry.Link;
import dev.kiln.image.build.PlannedEntry.Text;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes a plan below an empty directory. Who owns the files is whoever runs this; all else is the
 * plan's alone: modes are 0755 and 0644, times are one constant, bytecode does not hold times.
 */
final class ImageWriter {

  private static final FileTime TIME = FileTime.from(Instant.parse("1980-01-01T00:00:00Z"));
  private static final Set<PosixFilePermission> ALL_EXECUTE =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final Set<PosixFilePermission> ALL_READ =
      PosixFilePermissions.fromString("rw-r--r--");

  private final Path root;

  private ImageWriter(Path root) {
    this.root = root;
  }

  /** Writes {@code plan} below {@code root}, then the bytecode of its modules. */
  static void write(ImagePlan plan, List<Bytecode> bytecode, Path root)
      throws ImageBuildException, IOException {
    ImageWriter writer = new ImageWriter(root);
    for (Map.Entry<Path, PlannedEntry> entry : plan.entries().entrySet()) {
      writer.write(root.resolve(relative(entry.getKey())), entry.getValue());
    }
    for (Bytecode rule : bytecode) {
      writer.compile(rule);
    }
    writer.normalise();
  }

  private void write(Path path, PlannedEntry entry) throws IOException {
    if (entry instanceof Directory) {
      Files.createDirectory(path);
    } else if (entry instanceof Link link) {
      Files.createSymbolicLink(path, Path.of(link.target()));
    } else if (entry instanceof Text text) {
      Files.writeString(path, text.content(), StandardOpenOption.CREATE_NEW);
    } else if (entry instanceof Copy copy) {
      try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW)) {
        for (Path source : copy.sources()) {
          Files.copy(source, out);
        }
      }
      Files.setPosixFilePermissions(path, copy.executable() ? ALL_EXECUTE : ALL_READ);
    }
  }

  /**
   * Runs the image's own interpreter where it lies: it finds the image's standard library beside
   * itself, and the paths that it writes into the bytecode are those inside the image. A fixed hash
   * seed makes sets come out the same.
   */
  private void compile(Bytecode rule) throws ImageBuildException, IOException {
    List<String> command = new ArrayList<>();
    command.add(inside(rule.interpreter()));
    command.addAll(
        List.of(
            "-I", "-S", "-B", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"));
    command.addAll(List.of("-s", root.toString(), "-p", "/"));
    rule.directories().forEach(directory -> command.add(inside(directory)));
    HostCommand.Result compiled = HostCommand.run(command, Map.of("PYTHONHASHSEED", "0"));
    if (compiled.status() != 0) {
      throw new ImageBuildException(
          "The image's modules do not compile: " + compiled.output().strip());
    }
  }

  private void normalise() throws IOException {
    List<Path> paths;
    try (Stream<Path> walked = Files.walk(root)) {
      paths = walked.toList();
    }
    for (Path path : paths) {
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        Files.setPosixFilePermissions(path, ALL_EXECUTE);
      } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
          && !Files.isExecutable(path)) {
        Files.setPosixFilePermissions(path, ALL_READ);
      }
      Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setTimes(TIME, TIME, null);
    }
  }

  private String inside(String target) {
    return root.resolve(relative(Path.of(target))).toString();
  }

  private static Path relative(Path target) {
    return Path.of("/").relativize(target);
  }
}
