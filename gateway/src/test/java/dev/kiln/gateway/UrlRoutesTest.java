package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.put;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class UrlRoutesTest extends CallingTest {

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<byte[]> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://localhost:" + RestAssured.port + "/fn/" + path))
        .version(HttpClient.Version.HTTP_1_1);
  }

  private JsonNode event(HttpRequest.Builder request) throws IOException, InterruptedException {
    return new ObjectMapper().readTree(send(request).body());
  }

  private void answer(String name, String json) {
    put(name, "v1");
    sandboxes.pool().handle(name, (version, event) -> CompletableFuture.completedFuture(json));
  }

  @Test
  void aRequestBecomesAnEventOfFormat2() throws Exception {
    put("url", "v1");
    JsonNode event =
        event(
            to("url/a%20b/c?x=1&x=2&y=%C3%A4&z")
                .header("Cookie", "k=1; l=2")
                .header("X-Two", "a")
                .header("X-Two", "b")
                .header("User-Agent", "tester")
                .header("Content-Type", "text/plain; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString("grüß")));
    assertThat(event.path("version").asText()).isEqualTo("2.0");
    assertThat(event.path("routeKey").asText()).isEqualTo("$default");
    assertThat(event.path("rawPath").asText()).isEqualTo("/a%20b/c");
    assertThat(event.path("rawQueryString").asText()).isEqualTo("x=1&x=2&y=%C3%A4&z");
    assertThat(event.path("queryStringParameters").toString())
        .isEqualTo("{\"x\":\"1,2\",\"y\":\"ä\",\"z\":\"\"}");
    assertThat(event.path("cookies").toString()).isEqualTo("[\"k=1\",\"l=2\"]");
    assertThat(event.path("headers").has("cookie")).isFalse();
    assertThat(event.path("headers").path("x-two").asText()).isEqualTo("a,b");
    assertThat(event.path("body").asText()).isEqualTo("grüß");
    assertThat(event.path("isBase64Encoded").asBoolean()).isFalse();
    JsonNode context = event.path("requestContext");
    assertThat(context.path("accountId").asText()).isEqualTo("000000000000");
    assertThat(context.path("stage").asText()).isEqualTo("$default");
    assertThat(context.path("domainName").asText()).isEqualTo("localhost");
    assertThat(context.path("http").toString())
        .isEqualTo(
            "{\"method\":\"POST\",\"path\":\"/a%20b/c\","
                + "\"protocol\":\"HTTP/1.1\",\"sourceIp\":\"127.0.0.1\",\"userAgent\":\"tester\"}");
    assertThat(context.path("time").asText())
        .matches("\\d\\d/[A-Z][a-z][a-z]/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000");
    assertThat(context.path("requestId").asText()).hasSize(36);
  }

  @Test
  void aRequestWithoutBodyAndQueryHasNeither() throws Exception {
    put("bare", "v1");
    JsonNode event = event(to("bare").GET());
    assertThat(event.path("rawPath").asText()).isEqualTo("/");
    assertThat(event.path("rawQueryString").asText()).isEmpty();
    assertThat(event.has("queryStringParameters")).isFalse();
    assertThat(event.has("cookies")).isFalse();
    assertThat(event.has("body")).isFalse();
    assertThat(event(to("bare:1/x").GET()).path("rawPath").asText()).isEqualTo("/x");
  }

  /** A control character is six characters in JSON. */
  @Test
  void aBodyThatGrowsBeyondTheLimitAsJsonIsRefusedAndHeldNoLonger() throws Exception {
    put("growing", "v1");
    for (int i = 0; i < 30; i++) {
      HttpResponse<byte[]> answer =
          send(
              to("growing/")
                  .header("Content-Type", "text/plain")
                  .POST(HttpRequest.BodyPublishers.ofString("\u0001".repeat(900_000))));
      assertThat(answer.statusCode()).isEqualTo(413);
    }
    assertThat(
            event(
                    to("growing/")
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("\u0001".repeat(200_000))))
                .path("body")
                .asText())
        .hasSize(200_000);
  }

  @Test
  void bytesThatAreNoTextComeInBase64() throws Exception {
    put("binary", "v1");
    byte[] bytes = {0, 1, (byte) 0xff, (byte) 0xfe};
    for (String type : List.of("image/png", "text/plain", "application/octet-stream")) {
      JsonNode event =
          event(
              to("binary/")
                  .header("Content-Type", type)
                  .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes)));
      assertThat(event.path("isBase64Encoded").asBoolean()).isTrue();
      assertThat(Base64.getDecoder().decode(event.path("body").asText())).isEqualTo(bytes);
    }
  }

  @Test
  void aRequestBecomesAnEventOfFormat1() throws Exception {
    put("old", "v1", "&eventFormat=1.0");
    JsonNode event =
        event(to("old/p/q?x=1&x=2").header("X-Two", "a").header("X-Two", "b").DELETE());
    assertThat(event.path("version").asText()).isEqualTo("1.0");
    assertThat(event.path("path").asText()).isEqualTo("/p/q");
    assertThat(event.path("httpMethod").asText()).isEqualTo("DELETE");
    assertThat(event.path("queryStringParameters").path("x").asText()).isEqualTo("2");
    assertThat(event.path("multiValueQueryStringParameters").path("x").toString())
        .isEqualTo("[\"1\",\"2\"]");
    assertThat(event.path("headers").path("X-Two").asText()).isEqualTo("b");
    assertThat(event.path("multiValueHeaders").path("X-Two").toString()).isEqualTo("[\"a\",\"b\"]");
    assertThat(event.path("pathParameters").path("proxy").asText()).isEqualTo("p/q");
    assertThat(event.path("body").isNull()).isTrue();
    assertThat(event.path("requestContext").path("identity").path("sourceIp").asText())
        .isEqualTo("127.0.0.1");
  }

  @Test
  void aDescribedAnswerIsGivenAsDescribed() throws Exception {
    answer(
        "described",
        "{\"statusCode\":201,\"headers\":{\"Content-Type\":\"text/html\",\"X-Number\":7},"
            + "\"multiValueHeaders\":{\"X-Many\":[\"a\",\"b\"]},\"cookies\":[\"a=1; Path=/\",\"b=2\"],\"body\":\"<p>grüß</p>\"}");
    HttpResponse<byte[]> response = send(to("described/").GET());
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.headers().allValues("content-type")).containsExactly("text/html");
    assertThat(response.headers().firstValue("x-number")).contains("7");
    assertThat(response.headers().allValues("x-many")).containsExactly("a", "b");
    assertThat(response.headers().allValues("set-cookie")).containsExactly("a=1; Path=/", "b=2");
    assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo("<p>grüß</p>");
    assertThat(response.headers().firstValue("kiln-request-id")).isPresent();
    assertThat(response.headers().firstValue("kiln-start-type")).isPresent();
  }

  @Test
  void aBinaryAnswerComesAsItsBytes() throws Exception {
    answer(
        "picture",
        "{\"statusCode\":\"200\",\"headers\":{\"content-type\":\"image/png\"},\"body\":\"AAH//g==\","
            + "\"isBase64Encoded\":true}");
    assertThat(send(to("picture/").GET()).body())
        .isEqualTo(new byte[] {0, 1, (byte) 0xff, (byte) 0xfe});
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1}", "[1,2]", "\"text\"", "7", "null", "true"})
  void anyOtherJsonIsA200(String json) throws Exception {
    answer("plain", json);
    HttpResponse<byte[]> response = send(to("plain/").GET());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"statusCode\":42}",
        "{\"statusCode\":\"x\"}",
        "{\"statusCode\":101}",
        "{\"statusCode\":200,\"body\":{}}",
        "{\"statusCode\":200,\"headers\":[]}",
        "{\"statusCode\":200,\"headers\":{\"a b\":\"c\"}}",
        "{\"statusCode\":200,\"headers\":{\"a\":\"b\\r\\nc: d\"}}",
        "{\"statusCode\":200,\"headers\":{\"a\":{}}}",
        "{\"statusCode\":200,\"cookies\":\"a=1\"}",
        "{\"statusCode\":200,\"body\":\"*\",\"isBase64Encoded\":true}",
        "{\"statusCode\":"
      })
  void anAnswerThatIsNoneIsA502(String json) {
    answer("malformed", json);
    given()
        .get("/fn/malformed/")
        .then()
        .statusCode(502)
        .body("code", equalTo("function-answer-malformed"))
        .body("class", equalTo("caller"));
  }

  @Test
  void whatBelongsToTheConnectionIsNotTheHandlersToSay() throws Exception {
    answer(
        "connection",
        "{\"statusCode\":200,\"headers\":{\"Content-Length\":\"9\",\"Transfer-Encoding\":\"chunked\","
            + "\"Connection\":\"close\"},\"body\":\"abc\"}");
    HttpResponse<byte[]> response = send(to("connection/").GET());
    assertThat(response.body()).hasSize(3);
    assertThat(response.headers().firstValue("transfer-encoding")).isEmpty();
  }

  @Test
  void headHasTheLengthAndNoBody() throws Exception {
    answer("head", "{\"statusCode\":200,\"body\":\"abc\"}");
    HttpResponse<byte[]> described =
        send(to("head/").method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(described.headers().firstValue("content-length")).contains("3");
    answer("headplain", "[1]");
    HttpResponse<byte[]> plain =
        send(to("headplain/").method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(plain.statusCode()).isEqualTo(200);
    assertThat(plain.body()).isEmpty();
  }

  @Test
  void anAnswerWithoutContentHasNone() throws Exception {
    answer("nothing", "{\"statusCode\":204}");
    HttpResponse<byte[]> response = send(to("nothing/").GET());
    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
    assertThat(sandboxes.pool().mistakes).isEmpty();
  }

  @Test
  void anUnknownFunctionHasNoUrl() {
    given().get("/fn/nobody/x").then().statusCode(404).body("code", equalTo("function-not-found"));
    given().get("/fn/a.b/x").then().statusCode(400);
  }
}
