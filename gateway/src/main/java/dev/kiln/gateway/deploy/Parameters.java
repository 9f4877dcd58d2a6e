package dev.kiln.gateway.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.gateway.problem.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a caller sent, read field by field; what is wrong is collected instead of thrown, so that
 * all of it is told at once. Values are text, from a query, or JSON.
 */
final class Parameters {

  private static final int MAX_DIGITS = 9;

  private final Map<String, JsonNode> left;
  private final Set<String> asked = new HashSet<>();
  private final List<Violation> violations = new ArrayList<>();

  Parameters(Map<String, JsonNode> given) {
    this.left = new HashMap<>(given);
  }

  private @Nullable JsonNode take(String name) {
    asked.add(name);
    return left.remove(name);
  }

  Optional<String> text(String name) {
    JsonNode value = take(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      violate(name, "must be text");
      return Optional.empty();
    }
    return Optional.of(value.textValue());
  }

  OptionalInt number(String name, int least, int most) {
    JsonNode value = take(name);
    if (value == null) {
      return OptionalInt.empty();
    }
    String digits = value.isTextual() || value.isIntegralNumber() ? value.asText() : "";
    boolean isNumber =
        !digits.isEmpty()
            && digits.length() <= MAX_DIGITS
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    int number = isNumber ? Integer.parseInt(digits) : -1;
    if (number < least || number > most) {
      violate(name, "must be a whole number from " + least + " to " + most);
      return OptionalInt.empty();
    }
    return OptionalInt.of(number);
  }

  Optional<Map<String, String>> texts(String name) {
    JsonNode value = take(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isObject()) {
      violate(name, "must be a JSON object of texts");
      return Optional.empty();
    }
    Map<String, String> texts = new HashMap<>();
    value
        .properties()
        .forEach(
            field -> {
              if (field.getValue().isTextual()) {
                texts.put(field.getKey(), field.getValue().textValue());
              } else {
                violate(name + "." + field.getKey(), "must be text");
              }
            });
    return Optional.of(texts);
  }

  void violate(String name, String message) {
    violations.add(new Violation(name, message));
  }

  /** Returns all that is wrong, what nobody asked for included. */
  List<Violation> finish() {
    left.keySet().stream()
        .sorted()
        .map(name -> Violation.unknown(name, asked))
        .forEach(violations::add);
    left.clear();
    return violations;
  }
}
