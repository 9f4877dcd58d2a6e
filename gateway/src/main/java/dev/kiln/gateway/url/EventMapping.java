package dev.kiln.gateway.url;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.kiln.gateway.function.EventFormat;
import dev.kiln.gateway.http.EventOutput;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes an event of a request. The shapes are AWS API Gateway's payload formats for HTTP APIs (<a
 * href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html">its
 * documentation</a>).
 */
abstract class EventMapping {

  static final String STAGE = "$default";

  private static final JsonFactory JSON = new JsonFactory();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** Returns the mapping of {@code format}. */
  static EventMapping of(EventFormat format) {
    return switch (format) {
      case V1 -> new EventMapping1();
      case V2 -> new EventMapping2();
    };
  }

  /** Writes the event's JSON to {@code event}; throws what that throws. */
  final void map(UrlRequest request, EventOutput event) {
    try (JsonGenerator json = JSON.createGenerator(event)) {
      json.writeStartObject();
      write(json, request);
      EventBody.write(json, request.headers(), request.body());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory cannot fail", e);
    }
  }

  /** Writes all of the event's members but the body's. */
  abstract void write(JsonGenerator json, UrlRequest request) throws IOException;

  static String time(UrlRequest request) {
    return TIME.format(request.time());
  }

  /** Returns the decoded parameters of a query, in order. */
  static Map<String, List<String>> parameters(String query) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        parameters.computeIfAbsent(decode(name), absent -> new ArrayList<>()).add(decode(value));
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text; // a stray percent sign: what was sent is all there is
    }
  }

  /**
   * Returns the headers' values by name, in order; {@code lowerCase}: names as HTTP/2 writes them.
   */
  static Map<String, List<String>> values(MultiMap headers, boolean lowerCase) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    headers.forEach(
        (name, value) ->
            values
                .computeIfAbsent(
                    lowerCase ? name.toLowerCase(Locale.ROOT) : name, absent -> new ArrayList<>())
                .add(value));
    return values;
  }

  static void writeJoined(JsonGenerator json, String name, Map<String, List<String>> values)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, List<String>> entry : values.entrySet()) {
      json.writeStringField(entry.getKey(), String.join(",", entry.getValue()));
    }
    json.writeEndObject();
  }
}
