package dev.kiln.gateway.url;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kiln.gateway.function.FunctionId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Payload format 2.0: values of one name joined by commas, cookies apart. */
final class EventMapping2 extends EventMapping {

  private static final String COOKIE = "cookie";

  @Override
  void write(JsonGenerator json, UrlRequest request) throws IOException {
    Map<String, List<String>> headers = values(request.headers(), true);
    List<String> cookies = headers.remove(COOKIE);
    json.writeStringField("version", "2.0");
    json.writeStringField("routeKey", STAGE);
    json.writeStringField("rawPath", request.path());
    json.writeStringField("rawQueryString", request.query());
    writeCookies(json, cookies);
    writeJoined(json, "headers", headers);
    if (!request.query().isEmpty()) {
      writeJoined(json, "queryStringParameters", parameters(request.query()));
    }
    writeContext(json, request);
  }

  private static void writeCookies(JsonGenerator json, @Nullable List<String> headers)
      throws IOException {
    if (headers == null) {
      return;
    }
    json.writeArrayFieldStart("cookies");
    for (String header : headers) {
      for (String cookie : header.split(";")) {
        json.writeString(cookie.trim());
      }
    }
    json.writeEndArray();
  }

  private static void writeContext(JsonGenerator json, UrlRequest request) throws IOException {
    FunctionId id = request.reference().id();
    json.writeObjectFieldStart("requestContext");
    json.writeStringField("accountId", id.account());
    json.writeStringField("apiId", id.name().value());
    json.writeStringField("domainName", request.domain());
    json.writeStringField("domainPrefix", id.name().value());
    json.writeObjectFieldStart("http");
    json.writeStringField("method", request.method());
    json.writeStringField("path", request.path());
    json.writeStringField("protocol", request.protocol());
    json.writeStringField("sourceIp", request.sourceAddress());
    json.writeStringField("userAgent", request.userAgent());
    json.writeEndObject();
    json.writeStringField("requestId", request.requestId());
    json.writeStringField("routeKey", STAGE);
    json.writeStringField("stage", STAGE);
    json.writeStringField("time", time(request));
    json.writeNumberField("timeEpoch", request.time().toEpochMilli());
    json.writeEndObject();
  }
}
