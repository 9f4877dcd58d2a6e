package dev.kiln.cgroup;

import dev.kiln.linux.NativeBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The control files of one slot as they are opened, so that all are closed together, after a
 * failure too.
 */
final class ControlFiles implements AutoCloseable {

  private final List<ControlFile> files = new ArrayList<>();
  private final NativeBuffer text = ControlFile.newText();

  /** Opens a file that limits; {@code noLimit} is what it takes for no limit. */
  ControlFile limit(Path path, String noLimit) {
    ControlFile file = ControlFile.limit(path, text, noLimit);
    files.add(file);
    return file;
  }

  /** Opens a file that limits swap, which is missing where the kernel does not account for it. */
  Optional<ControlFile> swapLimit(Path path, String noLimit) {
    return Files.exists(path) ? Optional.of(limit(path, noLimit)) : Optional.empty();
  }

  /** Opens a file that counts. */
  ControlFile counter(Path path) {
    ControlFile file = ControlFile.counter(path, text);
    files.add(file);
    return file;
  }

  @Override
  public void close() {
    files.forEach(ControlFile::close);
  }
}
