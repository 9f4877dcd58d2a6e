package dev.kiln.image.build;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Descriptors for tests: an empty one to start from, and the shipped one without what a C build
 * makes.
 */
final class TestingDescriptor {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EMPTY =
      """
      {"name": "test", "contract": "framed", "packages": [], "include": [], "exclude": [], "libraries": [],
       "files": [], "concatenated": [], "texts": {}, "links": {}, "directories": [], "bytecode": [],
       "entry": ["/bin/program"], "environment": {}}
      """;

  private TestingDescriptor() {}

  static Path write(Path directory, Consumer<ObjectNode> change) throws IOException {
    return write(directory, (ObjectNode) JSON.readTree(EMPTY), change);
  }

  /** Returns a copy of the shipped descriptor that takes only from packages. */
  static Path python(Path directory) throws IOException {
    ObjectNode shipped =
        (ObjectNode) JSON.readTree(Files.readString(Path.of("runtimes/python3.11/runtime.json")));
    return write(
        directory,
        shipped,
        json -> {
          json.putArray("files");
          ((ObjectNode) json.get("bytecode").get(0))
              .putArray("directories")
              .add("/usr/lib/python3.11");
        });
  }

  static void json(ObjectNode node, String property, String json) {
    try {
      node.set(property, JSON.readTree(json));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Path write(Path directory, ObjectNode json, Consumer<ObjectNode> change)
      throws IOException {
    change.accept(json);
    return Files.writeString(directory.resolve("runtime.json"), JSON.writeValueAsString(json));
  }
}
