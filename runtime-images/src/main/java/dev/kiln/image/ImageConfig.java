package dev.kiln.image;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How an image is run, and the digests of its layers' content. OCI and Docker share the format.
 *
 * @param platform what it is made for
 * @param diffIds digests of the layers' uncompressed content, the lowest first
 * @param entrypoint the program and its first arguments; may be empty
 * @param cmd further arguments, or the program where there is no entrypoint; may be empty
 * @param env environment, name to value
 * @param workingDir directory that the program starts in; {@code /} where the image does not say
 * @param user user and group as the image writes them, empty where it does not; Kiln runs every
 *     image as the slot's uid
 * @param exposedPorts ports as the image writes them, such as {@code 8080/tcp}
 * @param labels name to text
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md">OCI image
 *     specification, image configuration</a>
 */
public record ImageConfig(
    Platform platform,
    List<Digest> diffIds,
    List<String> entrypoint,
    List<String> cmd,
    SortedMap<String, String> env,
    String workingDir,
    String user,
    SortedSet<String> exposedPorts,
    SortedMap<String, String> labels) {

  /** Copies. */
  public ImageConfig {
    diffIds = List.copyOf(diffIds);
    entrypoint = List.copyOf(entrypoint);
    cmd = List.copyOf(cmd);
    env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
    exposedPorts = Collections.unmodifiableSortedSet(new TreeSet<>(exposedPorts));
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }

  /** Reads a configuration, OCI's or Docker's. */
  public static ImageConfig read(byte[] json) throws ImageRefusedException {
    JsonDocument document = JsonDocument.read("The configuration", json);
    JsonDocument rootfs =
        document.object("rootfs").orElseThrow(() -> document.malformed("has no rootfs"));
    if (!rootfs.text("type").equals("layers")) {
      throw rootfs.malformed("is not made of layers");
    }
    Optional<JsonDocument> config = document.object("config");
    JsonDocument run = config.isPresent() ? config.get() : JsonDocument.empty();
    String workingDir = run.textOrEmpty("WorkingDir");
    return new ImageConfig(
        new Platform(document.text("os"), document.text("architecture")),
        rootfs.digests("diff_ids"),
        run.texts("Entrypoint"),
        run.texts("Cmd"),
        environment(run.texts("Env")),
        workingDir.isEmpty() ? "/" : workingDir,
        run.textOrEmpty("User"),
        run.names("ExposedPorts"),
        run.textMap("Labels"));
  }

  /**
   * Returns what names the root that all layers together make: the ChainID of the topmost.
   *
   * @see <a
   *     href="https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid">OCI
   *     image specification, layer ChainID</a>
   */
  public Digest chainId() {
    return diffIds.stream()
        .reduce((chain, layer) -> Digest.ofContent(chain.qualified() + " " + layer.qualified()))
        .orElseThrow(() -> new IllegalStateException("An image has at least one layer"));
  }

  /** A variable without a value is one that is to be unset: there is none to unset. */
  private static SortedMap<String, String> environment(List<String> variables) {
    SortedMap<String, String> environment = new TreeMap<>();
    for (String variable : variables) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return environment;
  }
}
