package dev.kiln.gateway;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.Method;
import io.restassured.response.Response;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every path of the published interface, asked with every method. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class AllowedMethodsTest {

  private static final String ANY_METHOD = "/fn/";

  private static Map<String, Map<String, Object>> published() {
    return given().queryParam("format", "json").get("/q/openapi").path("paths");
  }

  private static Set<Method> methods(Map<String, Object> operations) {
    return Arrays.stream(Method.values())
        .filter(method -> operations.containsKey(method.name().toLowerCase(Locale.ROOT)))
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Method.class)));
  }

  private static Response ask(Method method, String path) {
    return given().request(method, path.replaceAll("\\{[a-z]+}", "nobody"));
  }

  private static Set<Method> allowed(Response response) {
    return Arrays.stream(response.header("Allow").split(", "))
        .map(Method::valueOf)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Method.class)));
  }

  @Test
  void whatAPathDoesNotHaveIsRefusedWithWhatItHas() {
    Map<String, Map<String, Object>> published = published();
    assertThat(published).containsKeys("/functions", "/functions/{name}", "/pool", "/runtimes");
    published.forEach(
        (path, operations) -> {
          if (!path.startsWith(ANY_METHOD)) {
            assertAllowed(path, methods(operations));
          }
        });
  }

  private static void assertAllowed(String path, Set<Method> published) {
    if (ask(Method.HEAD, path).statusCode() != 405) {
      published.add(Method.HEAD);
    }
    for (Method method : Method.values()) {
      Response response = ask(method, path);
      String asked = method + " " + path;
      if (method == Method.OPTIONS) {
        assertThat(response.statusCode()).as(asked).isEqualTo(204);
        assertThat(allowed(response)).as(asked).isEqualTo(published);
      } else if (published.contains(method)) {
        assertThat(response.statusCode()).as(asked).isNotEqualTo(405);
      } else {
        assertThat(response.statusCode()).as(asked).isEqualTo(405);
        assertThat(allowed(response)).as(asked).isEqualTo(published);
        if (method != Method.HEAD) {
          assertThat(response.<String>path("code")).as(asked).isEqualTo("method-not-allowed");
        }
      }
    }
  }

  @Test
  void aFunctionsUrlTakesEveryMethod() {
    for (Method method : Method.values()) {
      assertThat(ask(method, "/fn/nobody/path").statusCode()).as(method.name()).isEqualTo(404);
    }
  }
}
