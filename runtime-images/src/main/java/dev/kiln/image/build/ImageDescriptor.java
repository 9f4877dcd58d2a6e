package dev.kiln.image.build;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a runtime's image holds and how it is started: {@code runtime.json}. Every property must be
 * there and no other; {@code runtime-images/runtimes/README.md} describes them. A target is an
 * absolute path inside the image.
 *
 * @param name the runtime's name, such as {@code python3.11}
 * @param contract how its processes talk to the gateway, such as {@code framed}
 * @param packages Debian packages whose files {@code include} chooses from
 * @param include globs over absolute paths of the packages' files
 * @param exclude globs of what {@code include} chose too much
 * @param libraries names of shared libraries that programs load without declaring it
 * @param files files from beside the descriptor
 * @param concatenated files made of others, one after another
 * @param texts target to content
 * @param links target to what the symbolic link says
 * @param directories targets of directories that nothing else makes, mount points among them
 * @param bytecode what is compiled ahead
 * @param entry the program that is executed, and its arguments
 * @param environment what it and every function starts with
 */
public record ImageDescriptor(
    String name,
    String contract,
    List<String> packages,
    List<String> include,
    List<String> exclude,
    List<String> libraries,
    List<FileRule> files,
    List<Concatenation> concatenated,
    SortedMap<String, String> texts,
    SortedMap<String, String> links,
    List<String> directories,
    List<Bytecode> bytecode,
    List<String> entry,
    SortedMap<String, String> environment) {

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

  /**
   * Copies files.
   *
   * @param from path relative to the descriptor's directory; its last component may be a glob
   * @param to target of the directory that they go to
   */
  public record FileRule(String from, String to) {

    /** Throws {@link IllegalArgumentException} where the target is not absolute. */
    public FileRule {
      requireTarget(to);
    }
  }

  /**
   * Makes one file out of many.
   *
   * @param from absolute paths on the host; the last component may be a glob, whose matches are
   *     sorted
   * @param to target
   */
  public record Concatenation(List<String> from, String to) {

    /** Throws {@link IllegalArgumentException} where a path is not absolute. */
    public Concatenation {
      from = List.copyOf(from);
      from.forEach(ImageDescriptor::requireTarget);
      requireTarget(to);
    }
  }

  /**
   * Compiles Python modules to bytecode that is never checked against its source: the image is
   * read-only.
   *
   * @param interpreter target of the interpreter that compiles, and later runs it
   * @param directories targets of the directories with modules
   */
  public record Bytecode(String interpreter, List<String> directories) {

    /** Throws {@link IllegalArgumentException} where a target is not absolute. */
    public Bytecode {
      directories = List.copyOf(directories);
      requireTarget(interpreter);
      directories.forEach(ImageDescriptor::requireTarget);
    }
  }

  /** Throws {@link IllegalArgumentException} where a property is not as described. */
  public ImageDescriptor {
    packages = List.copyOf(packages);
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
    libraries = List.copyOf(libraries);
    files = List.copyOf(files);
    concatenated = List.copyOf(concatenated);
    texts = new TreeMap<>(texts);
    links = new TreeMap<>(links);
    directories = List.copyOf(directories);
    bytecode = List.copyOf(bytecode);
    entry = List.copyOf(entry);
    environment = new TreeMap<>(environment);
    if (!name.matches("[a-z0-9][a-z0-9.-]{0,62}")) {
      throw new IllegalArgumentException("Not a runtime's name: " + name);
    }
    if (entry.isEmpty()) {
      throw new IllegalArgumentException("A runtime needs an entry");
    }
    requireTarget(entry.get(0));
    texts.keySet().forEach(ImageDescriptor::requireTarget);
    links.keySet().forEach(ImageDescriptor::requireTarget);
    directories.forEach(ImageDescriptor::requireTarget);
  }

  /** Reads and checks a descriptor. */
  public static ImageDescriptor read(Path file) throws ImageBuildException, IOException {
    try {
      return JSON.readValue(Files.readString(file), ImageDescriptor.class);
    } catch (JsonProcessingException e) {
      throw new ImageBuildException(
          "The descriptor " + file + " is not valid: " + e.getOriginalMessage(), e);
    }
  }

  private static void requireTarget(String path) {
    boolean clean = Path.of(path).normalize().toString().equals(path);
    if (!path.startsWith("/") || !clean) {
      throw new IllegalArgumentException("Not an absolute path without '.' and '..': " + path);
    }
  }
}
