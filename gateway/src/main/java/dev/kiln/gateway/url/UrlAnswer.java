package dev.kiln.gateway.url;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The HTTP answer that a handler described: {@code {statusCode, headers, multiValueHeaders,
 * cookies, body, isBase64Encoded}}.
 *
 * @param status the status
 * @param headers names and values in order; a name may come more than once
 * @param body the body's bytes
 */
record UrlAnswer(int status, List<Header> headers, byte[] body) {

  /**
   * Far more than headers need. What a tree of JSON takes of the heap are its values, not bytes.
   */
  private static final int MAX_VALUES = 10_000;

  private static final JsonMapper MAPPER =
      new JsonMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxTokenCount(MAX_VALUES).build())
              .build());
  private static final JsonFactory SCANNER = new JsonFactory();
  private static final String STATUS = "statusCode";
  private static final int STATUS_MIN = 200;
  private static final int STATUS_MAX = 599;
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");
  private static final String CONTENT_TYPE = "content-type";

  /** Belong to the connection or follow from the body: the gateway's to set. */
  private static final Set<String> NOT_THE_HANDLERS =
      Set.of(
          "connection",
          "content-length",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /** One header. */
  record Header(String name, String value) {}

  /**
   * Returns the answer that {@code json} describes, or none if it describes no HTTP answer but is
   * one itself.
   */
  static Optional<UrlAnswer> of(ByteBuf json) {
    if (!hasStatus(json)) {
      return Optional.empty();
    }
    JsonNode answer = parse(json);
    List<Header> headers = new ArrayList<>();
    addHeaders(headers, answer.path("headers"));
    addHeaders(headers, answer.path("multiValueHeaders"));
    addCookies(headers, answer.path("cookies"));
    if (headers.stream().noneMatch(header -> header.name().equals(CONTENT_TYPE))) {
      headers.add(new Header(CONTENT_TYPE, "application/json"));
    }
    return Optional.of(new UrlAnswer(status(answer.path(STATUS)), headers, body(answer)));
  }

  /** Reads through {@code json} and keeps nothing of it: an answer of any shape may come. */
  private static boolean hasStatus(ByteBuf json) {
    boolean found = false;
    try (JsonParser parser = SCANNER.createParser(readable(json))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return false;
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        found |= STATUS.equals(parser.currentName());
        parser.nextToken();
        parser.skipChildren();
      }
    } catch (JsonProcessingException e) {
      throw malformed("it is not JSON");
    } catch (IOException e) {
      throw new IllegalStateException("Reading memory cannot fail", e);
    }
    return found;
  }

  private static InputStream readable(ByteBuf json) {
    return new ByteBufInputStream(json.duplicate());
  }

  private static JsonNode parse(ByteBuf json) {
    try (InputStream in = readable(json)) {
      return MAPPER.readTree(in);
    } catch (StreamConstraintsException e) {
      throw malformed("beside its body it has more than " + MAX_VALUES + " values");
    } catch (JsonProcessingException e) {
      throw malformed("it is not JSON");
    } catch (IOException e) {
      throw new IllegalStateException("Reading memory cannot fail", e);
    }
  }

  private static int status(JsonNode status) {
    String digits = status.isTextual() || status.isIntegralNumber() ? status.asText() : "";
    int value = digits.matches("[0-9]{3}") ? Integer.parseInt(digits) : 0;
    if (value < STATUS_MIN || value > STATUS_MAX) {
      throw malformed("'statusCode' must be a number from " + STATUS_MIN + " to " + STATUS_MAX);
    }
    return value;
  }

  private static void addHeaders(List<Header> headers, JsonNode given) {
    if (given.isMissingNode() || given.isNull()) {
      return;
    }
    if (!given.isObject()) {
      throw malformed("headers must be an object");
    }
    given
        .properties()
        .forEach(
            field -> {
              if (field.getValue().isArray()) {
                field.getValue().forEach(value -> add(headers, field.getKey(), value));
              } else {
                add(headers, field.getKey(), field.getValue());
              }
            });
  }

  private static void addCookies(List<Header> headers, JsonNode cookies) {
    if (!cookies.isMissingNode() && !cookies.isNull() && !cookies.isArray()) {
      throw malformed("'cookies' must be an array");
    }
    cookies.forEach(cookie -> add(headers, "set-cookie", cookie));
  }

  private static void add(List<Header> headers, String name, JsonNode value) {
    if (!NAME.matcher(name).matches()) {
      throw malformed("a header has a name that HTTP does not allow");
    }
    if (!value.isValueNode()) {
      throw malformed("header '" + name + "' must be text");
    }
    String text = value.asText();
    if (text.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f || c > 0xff)) {
      throw malformed("header '" + name + "' has characters that HTTP does not allow");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (!NOT_THE_HANDLERS.contains(lower)) {
      headers.add(new Header(lower, text));
    }
  }

  private static byte[] body(JsonNode answer) {
    JsonNode body = answer.path("body");
    if (body.isMissingNode() || body.isNull()) {
      return new byte[0];
    }
    if (!body.isTextual()) {
      throw malformed("'body' must be text; turn it into JSON text first");
    }
    if (!answer.path("isBase64Encoded").asBoolean()) {
      return body.textValue().getBytes(StandardCharsets.UTF_8);
    }
    try {
      String text = body.textValue();
      // Python's base64.encodebytes breaks lines; else what is no base64 is told, not skipped.
      return (text.indexOf('\n') < 0 ? Base64.getDecoder() : Base64.getMimeDecoder()).decode(text);
    } catch (IllegalArgumentException e) {
      throw malformed("'body' is not base64, though 'isBase64Encoded' says so");
    }
  }

  private static ProblemException malformed(String what) {
    return ProblemException.of(
        ProblemCode.FUNCTION_ANSWER_MALFORMED,
        "What the handler returned is no HTTP answer: " + what);
  }
}
