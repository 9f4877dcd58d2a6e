package dev.kiln.load.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RequestTest {

  private static final Target TARGET = new Target("127.0.0.1", 8080);

  @Test
  void aRequestIsEncodedWithHostAndLength() {
    Request request = Request.postJson(TARGET, "/functions/a/invocations", "{\"é\":1}");
    assertThat(new String(request.encoded(), StandardCharsets.UTF_8))
        .isEqualTo(
            "POST /functions/a/invocations HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
                + "Content-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"é\":1}");
  }

  @Test
  void aRequestWithoutBodyHasNoLength() {
    Request request = Request.of(TARGET, "GET", "/pool", Map.of(), new byte[0]);
    assertThat(new String(request.encoded(), StandardCharsets.UTF_8))
        .isEqualTo("GET /pool HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n");
  }

  @Test
  void aHeaderWithALineBreakIsRefused() {
    Map<String, String> headers = Map.of("A", "b\r\nEvil: 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Request.of(TARGET, "GET", "/", headers, new byte[0]));
  }

  @Test
  void aTargetComesFromAUrl() {
    assertThat(Target.of(URI.create("http://localhost:81/x")))
        .isEqualTo(new Target("localhost", 81));
    assertThat(Target.of(URI.create("http://localhost"))).isEqualTo(new Target("localhost", 80));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Target.of(URI.create("https://localhost")));
  }
}
