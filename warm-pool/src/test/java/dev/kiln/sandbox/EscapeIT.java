package dev.kiln.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.launcher.TestingKiln;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * What a function tries from inside a sandbox, and the exact refusal of each attempt. The attempts
 * are a function in Python, {@code escapes.py}; what each must come to is a table, {@code
 * escapes.csv}.
 */
class EscapeIT {

  private static final String ATTEMPTS = "escapes.py";

  private static TestingKiln kiln;
  private static TestingFunction function;

  @BeforeAll
  static void load() throws Exception {
    kiln = TestingKiln.open();
    function = TestingFunction.start(kiln, 0, "app.handler", resource(ATTEMPTS));
  }

  @AfterAll
  static void end() {
    function.close();
    kiln.close();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvFileSource(resources = "escapes.csv", delimiter = ';')
  void isRefused(String attempt, String outcomes) throws Exception {
    assertThat(outcomes.split("\\|")).contains(function.call('"' + attempt + '"').asText());
  }

  @Test
  void everyAttemptIsInTheTable() throws Exception {
    List<String> names = new ArrayList<>();
    function.call("\"names\"").forEach(name -> names.add(name.asText()));
    List<String> expected =
        resource("escapes.csv").lines().filter(line -> !line.startsWith("#")).toList();
    assertThat(names)
        .containsExactlyInAnyOrderElementsOf(
            expected.stream().map(line -> line.substring(0, line.indexOf(';'))).toList());
  }

  @Test
  void aPortOfTheHostsLoopbackIsNotReached() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(function.call(String.valueOf(listening.getLocalPort())).asText())
          .isEqualTo("ECONNREFUSED");
    }
  }

  @Test
  void childrenOfOneZygoteDrawDifferentRandomNumbers() throws Exception {
    try (TestingFunction sibling =
        TestingFunction.start(kiln, 1, "app.handler", resource(ATTEMPTS))) {
      JsonNode drawn = function.call("\"draw\"");
      JsonNode siblings = sibling.call("\"draw\"");
      for (int source = 0; source < drawn.size(); source++) {
        assertThat(drawn.get(source)).isNotEqualTo(siblings.get(source));
      }
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream content = EscapeIT.class.getResourceAsStream(name)) {
      return new String(
          Objects.requireNonNull(content, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
