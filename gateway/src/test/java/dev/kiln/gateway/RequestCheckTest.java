package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class RequestCheckTest {

  private static void assertRefused(RawClient client, String header) {
    assertThat(client.readLine()).contains("400");
    assertThat(client.readUntil("content-type")).contains("application/problem+json");
    assertThat(client.readUntil("{"))
        .contains("\"code\":\"invalid-request\"")
        .contains("\"parameter\":\"" + header + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /functions/checked/invocations",
        "GET /functions/checked/logs",
        "PUT /functions/checked",
        "GET /fn/checked/path",
        "GET /functions",
        "GET /pool"
      })
  void aRequestForNobodyIsRefused(String request) {
    put("checked", "v1");
    for (String hosts : new String[] {"", "Host: a b\r\n", "Host: x\r\nHost: y\r\n"}) {
      try (RawClient client = new RawClient(RestAssured.port)) {
        client.send(request + " HTTP/1.1\r\n" + hosts + "Content-Length: 0\r\n\r\n");
        assertRefused(client, "Host");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBodyWhoseEndIsUnknownIsRefusedAndNothingAfterItIsARequest(boolean atOnce) {
    put("smuggled", "v1");
    String refused =
        "POST /functions/smuggled/invocations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n";
    String smuggled = "DELETE /functions/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    try (RawClient client = new RawClient(RestAssured.port)) {
      if (atOnce) {
        client.send(refused + smuggled);
      } else {
        client.send(refused).send(smuggled);
      }
      assertRefused(client, "Transfer-Encoding");
      assertThat(client.readLine()).as("the connection has ended").isNull();
    }
    RestAssured.get("/functions/smuggled").then().statusCode(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /fn/checked/%2e%2e/%2E./q/metrics",
        "GET /fn/checked/../../functions",
        "DELETE /fn/../functions/checked",
        "GET /fn/checked/.",
        "OPTIONS *",
        "CONNECT x:80"
      })
  void aPathThatLeadsElsewhereOrIsNoneIsRefused(String request) {
    put("checked", "v1");
    try (RawClient client = new RawClient(RestAssured.port)) {
      client.send(request + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertRefused(client, "path");
    }
    RestAssured.get("/fn/checked/...").then().statusCode(200);
  }

  /** The first is how a client begins that takes for granted that HTTP/2 is spoken. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /pool HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET /fn/checked/ HTTP/1.7\r\nHost: x\r\n\r\n"
      })
  void aVersionThatIsNotKnownIsRefused(String request) {
    try (RawClient client = new RawClient(RestAssured.port)) {
      client.send(request);
      assertRefused(client, "version");
      assertThat(client.readLine()).as("the connection has ended").isNull();
    }
  }

  @Test
  void whoOffersHttp2IsAnsweredInHttp1() throws IOException, InterruptedException {
    HttpRequest offer =
        HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + "/pool"))
            .version(HttpClient.Version.HTTP_2)
            .build();
    HttpResponse<Void> answer =
        HttpClient.newHttpClient().send(offer, HttpResponse.BodyHandlers.discarding());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
  }
}
