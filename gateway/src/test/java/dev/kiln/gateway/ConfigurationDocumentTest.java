package dev.kiln.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ConfigurationDocumentTest {

  private static final Path DOCUMENT = Path.of("../docs/configuration.md");
  private static final Pattern ROW =
      Pattern.compile("\\| `(kiln\\.[a-z.-]+)` \\| (?:`([^`]*)`)? ?\\| ([^|]+) \\|");

  @Test
  void theTableHasEveryKeyWithItsDefaultAndNoOther() throws IOException {
    Map<String, String> documented =
        Files.readAllLines(DOCUMENT).stream()
            .map(ROW::matcher)
            .filter(Matcher::matches)
            .collect(
                Collectors.toMap(
                    row -> row.group(1),
                    row -> Optional.ofNullable(row.group(2)).orElse(""),
                    (one, other) -> one + " twice",
                    TreeMap::new));
    assertThat(documented).isEqualTo(keys("kiln", KilnConfig.class));
  }

  private static Map<String, String> keys(String prefix, Class<?> mapping) {
    Map<String, String> keys = new TreeMap<>();
    for (Method method : mapping.getDeclaredMethods()) {
      String key = prefix + "." + kebab(method.getName());
      if (Arrays.asList(mapping.getDeclaredClasses()).contains(method.getReturnType())) {
        keys.putAll(keys(key, method.getReturnType()));
      } else {
        WithDefault preset = method.getAnnotation(WithDefault.class);
        keys.put(key, preset == null ? "" : preset.value());
      }
    }
    return keys;
  }

  private static String kebab(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
  }
}
