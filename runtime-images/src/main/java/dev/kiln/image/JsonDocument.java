package dev.kiln.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One object of a stranger's JSON document, read property by property; what is wrong is refused
 * with its place. A property that is null counts as absent. Names in one object are unique: other
 * readers may take the first of two where Kiln takes the last.
 */
final class JsonDocument {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String place;
  private final JsonNode object;

  private JsonDocument(String place, JsonNode object) throws ImageRefusedException {
    this.place = place;
    this.object = object;
    require(object.isObject(), place, "an object");
  }

  /** Reads {@code json}, an object, which messages call {@code name}. */
  static JsonDocument read(String name, byte[] json) throws ImageRefusedException {
    return new JsonDocument(name, tree(name, json));
  }

  /** Returns an object without properties. */
  static JsonDocument empty() throws ImageRefusedException {
    return new JsonDocument("", JSON.createObjectNode());
  }

  /** Reads {@code json}, an array of objects. */
  static List<JsonDocument> readArray(String name, byte[] json) throws ImageRefusedException {
    return objects(name, tree(name, json));
  }

  /** Returns {@code value} as JSON. Maps keep their order. */
  static byte[] write(Map<String, ?> value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean has(String name) {
    return object.hasNonNull(name);
  }

  String text(String name) throws ImageRefusedException {
    return text(place(name), object.path(name));
  }

  /** Returns the text, empty where there is none. */
  String textOrEmpty(String name) throws ImageRefusedException {
    return has(name) ? text(name) : "";
  }

  /** Returns the number, not negative. */
  long size(String name) throws ImageRefusedException {
    JsonNode value = object.path(name);
    require(
        value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0,
        place(name),
        "a size");
    return value.longValue();
  }

  Digest digest(String name) throws ImageRefusedException {
    return digest(place(name), text(name));
  }

  List<Digest> digests(String name) throws ImageRefusedException {
    List<Digest> digests = new ArrayList<>();
    for (String text : texts(name)) {
      digests.add(digest(place(name), text));
    }
    return digests;
  }

  Optional<JsonDocument> object(String name) throws ImageRefusedException {
    return has(name)
        ? Optional.of(new JsonDocument(place(name), object.get(name)))
        : Optional.empty();
  }

  List<JsonDocument> objects(String name) throws ImageRefusedException {
    return objects(place(name), object.path(name));
  }

  /** Returns the texts of an array, none where it is absent. */
  List<String> texts(String name) throws ImageRefusedException {
    List<String> texts = new ArrayList<>();
    if (has(name)) {
      require(object.get(name).isArray(), place(name), "an array of texts");
      for (JsonNode element : object.get(name)) {
        texts.add(text(place(name), element));
      }
    }
    return texts;
  }

  /** Returns the names of an object's properties, none where it is absent. */
  SortedSet<String> names(String name) throws ImageRefusedException {
    SortedSet<String> names = new TreeSet<>();
    if (has(name)) {
      require(object.get(name).isObject(), place(name), "an object");
      object.get(name).fieldNames().forEachRemaining(names::add);
    }
    return names;
  }

  /** Returns the properties of an object whose values are texts, none where it is absent. */
  SortedMap<String, String> textMap(String name) throws ImageRefusedException {
    SortedMap<String, String> texts = new TreeMap<>();
    for (String key : names(name)) {
      texts.put(key, text(place(name) + "." + key, object.get(name).get(key)));
    }
    return texts;
  }

  /** Refuses the document as contradicting itself. */
  ImageRefusedException malformed(String reason) {
    return ImageRefusedException.ofImage(
        ImageRefusal.MALFORMED, PrintableName.of(place) + " " + reason);
  }

  private String place(String name) {
    return place + "." + name;
  }

  private static JsonNode tree(String name, byte[] json) throws ImageRefusedException {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw ImageRefusedException.ofImage(
          ImageRefusal.MALFORMED, PrintableName.of(name) + " is not JSON, or not well-formed");
    }
  }

  private static List<JsonDocument> objects(String place, JsonNode array)
      throws ImageRefusedException {
    require(array.isArray(), place, "an array");
    List<JsonDocument> objects = new ArrayList<>();
    for (JsonNode element : array) {
      objects.add(new JsonDocument(place + "[" + objects.size() + "]", element));
    }
    return objects;
  }

  /** NUL ends a text wherever it reaches the kernel, so two readers would see two texts. */
  private static String text(String place, JsonNode value) throws ImageRefusedException {
    require(
        value.getNodeType() == JsonNodeType.STRING && value.textValue().indexOf('\0') < 0,
        place,
        "a text without NUL");
    return value.textValue();
  }

  private static Digest digest(String place, String text) throws ImageRefusedException {
    try {
      return Digest.ofQualified(text);
    } catch (IllegalArgumentException e) {
      throw ImageRefusedException.ofImage(
          ImageRefusal.UNSUPPORTED, PrintableName.of(place) + " is not a SHA-256 digest");
    }
  }

  private static void require(boolean fulfilled, String place, String what)
      throws ImageRefusedException {
    if (!fulfilled) {
      throw ImageRefusedException.ofImage(
          ImageRefusal.MALFORMED, PrintableName.of(place) + " is not " + what);
    }
  }
}
