package dev.kiln.load.kiln;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.load.run.Target;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * The part of Kiln's HTTP interface that prepares a measurement; what is measured goes through the
 * generator.
 */
public final class KilnApi {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final Target target;

  /** Creates a client; nothing is sent yet. */
  public KilnApi(Target target) {
    this.target = target;
  }

  /** Deploys a Python function, replacing one of that name. */
  public void deploy(String name, byte[] zip, String isolation) throws InterruptedException {
    String path =
        "/functions/"
            + name
            + "?runtime=python3.11&handler=app.handler&memory=128&timeout=3&isolation="
            + isolation;
    send(
        request(path)
            .header("Content-Type", "application/zip")
            .PUT(BodyPublishers.ofByteArray(zip))
            .build());
  }

  /** Removes a function, if there is one of that name. */
  public void removeIfPresent(String name) throws InterruptedException {
    HttpRequest request = request("/functions/" + name).DELETE().build();
    HttpResponse<String> response = exchange(request);
    if (response.statusCode() != 404) {
      checked(request, response);
    }
  }

  /** Calls a function once and returns its answer. */
  public String invoke(String name, String event) throws InterruptedException {
    return send(
        request(invocationPath(name))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(event))
            .build());
  }

  /** Returns the picture of the pool. */
  public PoolPicture pool() throws InterruptedException {
    try {
      return JSON.readValue(send(request("/pool").GET().build()), PoolPicture.class);
    } catch (IOException e) {
      throw new KilnException("GET /pool: not the JSON that was expected", e);
    }
  }

  /** Returns whether the gateway answers that it is ready. */
  public boolean ready() throws InterruptedException {
    try {
      return http.send(request("/q/health/ready").GET().build(), BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns the path at which a function is called. */
  public static String invocationPath(String name) {
    return "/functions/" + name + "/invocations";
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(target.url(path)).timeout(TIMEOUT);
  }

  private String send(HttpRequest request) throws InterruptedException {
    return checked(request, exchange(request));
  }

  private HttpResponse<String> exchange(HttpRequest request) throws InterruptedException {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new KilnException(request.method() + " " + request.uri() + ": no answer", e);
    }
  }

  private static String checked(HttpRequest request, HttpResponse<String> response) {
    if (response.statusCode() / 100 != 2) {
      throw new KilnException(
          request.method()
              + " "
              + request.uri()
              + ": "
              + response.statusCode()
              + " "
              + response.body());
    }
    return response.body();
  }
}
