package dev.kiln.gateway.url;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kiln.gateway.function.FunctionId;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Payload format 1.0: of each name the last value, and beside it all values; names as they were
 * sent.
 */
final class EventMapping1 extends EventMapping {

  private static final String RESOURCE = "/{proxy+}";

  @Override
  void write(JsonGenerator json, UrlRequest request) throws IOException {
    Map<String, List<String>> headers = values(request.headers(), false);
    Map<String, List<String>> parameters = parameters(request.query());
    json.writeStringField("version", "1.0");
    json.writeStringField("resource", RESOURCE);
    json.writeStringField("path", request.path());
    json.writeStringField("httpMethod", request.method());
    writeBoth(json, "headers", "multiValueHeaders", headers);
    if (parameters.isEmpty()) {
      json.writeNullField("queryStringParameters");
      json.writeNullField("multiValueQueryStringParameters");
    } else {
      writeBoth(json, "queryStringParameters", "multiValueQueryStringParameters", parameters);
    }
    writeContext(json, request);
    json.writeObjectFieldStart("pathParameters");
    json.writeStringField("proxy", request.path().substring(1));
    json.writeEndObject();
    json.writeNullField("stageVariables");
    if (!request.body().isReadable()) {
      json.writeNullField("body");
    }
  }

  private static void writeBoth(
      JsonGenerator json, String single, String multiple, Map<String, List<String>> values)
      throws IOException {
    json.writeObjectFieldStart(single);
    for (Map.Entry<String, List<String>> entry : values.entrySet()) {
      json.writeStringField(entry.getKey(), entry.getValue().get(entry.getValue().size() - 1));
    }
    json.writeEndObject();
    json.writeObjectFieldStart(multiple);
    for (Map.Entry<String, List<String>> entry : values.entrySet()) {
      json.writeArrayFieldStart(entry.getKey());
      for (String value : entry.getValue()) {
        json.writeString(value);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void writeContext(JsonGenerator json, UrlRequest request) throws IOException {
    FunctionId id = request.reference().id();
    json.writeObjectFieldStart("requestContext");
    json.writeStringField("accountId", id.account());
    json.writeStringField("apiId", id.name().value());
    json.writeStringField("domainName", request.domain());
    json.writeStringField("domainPrefix", id.name().value());
    json.writeStringField("extendedRequestId", request.requestId());
    json.writeStringField("httpMethod", request.method());
    json.writeObjectFieldStart("identity");
    json.writeStringField("sourceIp", request.sourceAddress());
    json.writeStringField("userAgent", request.userAgent());
    json.writeEndObject();
    json.writeStringField("path", request.path());
    json.writeStringField("protocol", request.protocol());
    json.writeStringField("requestId", request.requestId());
    json.writeStringField("requestTime", time(request));
    json.writeNumberField("requestTimeEpoch", request.time().toEpochMilli());
    json.writeStringField("resourcePath", RESOURCE);
    json.writeStringField("stage", STAGE);
    json.writeEndObject();
  }
}
