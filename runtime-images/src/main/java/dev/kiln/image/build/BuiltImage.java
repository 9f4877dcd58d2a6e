package dev.kiln.image.build;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of a built image: {@code image.json} beside its {@code rootfs}.
 *
 * @param name the runtime's name
 * @param contract how its processes talk to the gateway
 * @param digest digest of the tree, see {@link dev.kiln.image.tree.TreeDigest}
 * @param inputs digest of all that it was built from
 * @param unpackedBytes bytes of its files
 * @param files how many files and links it has
 * @param entry the program that is executed, and its arguments
 * @param environment what it starts with
 * @param packages what it was made of
 */
public record BuiltImage(
    String name,
    String contract,
    String digest,
    String inputs,
    long unpackedBytes,
    int files,
    List<String> entry,
    SortedMap<String, String> environment,
    List<ImagePackage> packages) {

  /** The file's name. */
  public static final String FILE_NAME = "image.json";

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

  /** Throws {@link IllegalArgumentException} where a digest is none. */
  public BuiltImage {
    entry = List.copyOf(entry);
    environment = new TreeMap<>(environment);
    packages = List.copyOf(packages);
    if (!Digest.isDigest(digest) || !Digest.isDigest(inputs)) {
      throw new IllegalArgumentException("Not a digest: " + digest + " or " + inputs);
    }
  }

  /**
   * Reads the description in an image's directory; empty where there is none or another version
   * wrote it.
   */
  public static Optional<BuiltImage> read(Path directory) throws IOException {
    try {
      return Optional.of(
          JSON.readValue(Files.readString(directory.resolve(FILE_NAME)), BuiltImage.class));
    } catch (NoSuchFileException | JsonProcessingException e) {
      return Optional.empty();
    }
  }

  void write(Path directory) throws IOException {
    String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
    Files.writeString(directory.resolve(FILE_NAME), text);
  }
}
