package dev.kiln.gateway.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.kiln.gateway.function.Function;
import dev.kiln.gateway.function.FunctionId;
import dev.kiln.image.Digest;

/**
 * Functions as JSON. Fields that a newer Kiln wrote are ignored, so that a rollback can read what
 * it finds; a format that an older one cannot read has another number.
 */
final class FunctionCodec {

  private static final int FORMAT = 1;

  private record Stored(int format, Function function) {}

  private final JsonMapper mapper =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(
              new SimpleModule()
                  .addSerializer(FunctionId.class, ToStringSerializer.instance)
                  .addSerializer(Digest.class, ToStringSerializer.instance)
                  .addDeserializer(
                      FunctionId.class, new Text<>(FunctionId.class, FunctionId::parse))
                  .addDeserializer(Digest.class, new Text<>(Digest.class, Digest::ofHex)))
          .disable(
              SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
              SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  String encode(Function function) {
    try {
      return mapper.writeValueAsString(new Stored(FORMAT, function));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Function " + function.id() + " cannot be written as JSON", e);
    }
  }

  Function decode(String json) {
    Stored stored;
    try {
      stored = mapper.readValue(json, Stored.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("What Redis has for a function is not what Kiln writes", e);
    }
    if (stored.format() != FORMAT) {
      throw new IllegalStateException(
          "Redis has a function of format " + stored.format() + ", this Kiln reads " + FORMAT);
    }
    return stored.function();
  }

  private static final class Text<T> extends FromStringDeserializer<T> {
    private static final long serialVersionUID = 1L;
    private final transient java.util.function.Function<String, T> parse;

    Text(Class<T> type, java.util.function.Function<String, T> parse) {
      super(type);
      this.parse = parse;
    }

    @Override
    protected T _deserialize(String value, DeserializationContext context) {
      return parse.apply(value);
    }
  }
}
