package dev.kiln.contract.framed;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.contract.InvocationException.Fault;
import dev.kiln.contract.InvocationException.OfFunction;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error as Lambda's runtimes write it. Comes from the function: any member may be missing, and
 * what it costs to read is bounded, in bytes and in values, since a few bytes of JSON become many
 * of a heap that all functions share.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record FunctionError(
    @Nullable String errorType,
    @Nullable String errorMessage,
    @Nullable List<@Nullable String> stackTrace) {

  /**
   * Largest JSON of an error: the longest message and the deepest stack that the contract allows,
   * every character written as an escape of six.
   */
  static final int MAX_BYTES = 2 << 20;

  private static final int MAX_CHARACTERS = 262_144;
  private static final int MAX_VALUES = 1_000;

  private static final ObjectReader READER =
      new JsonMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxTokenCount(MAX_VALUES)
                          .maxStringLength(MAX_CHARACTERS)
                          .build())
                  .build())
          .readerFor(FunctionError.class);

  /** The type with which a bootstrap itself refuses an answer that is too large. */
  private static final String TOO_LARGE = "Function.ResponseSizeTooLarge";

  /** Reads the JSON in {@code payload}, which is not released. */
  static FunctionError read(ByteBuf payload) {
    if (payload.readableBytes() > MAX_BYTES) {
      throw violation("an error of " + payload.readableBytes() + " bytes");
    }
    try (InputStream json = new ByteBufInputStream(payload.duplicate())) {
      FunctionError error = READER.readValue(json);
      if (error == null) {
        throw violation("null instead of an error");
      }
      return error;
    } catch (IOException e) {
      throw violation("an error that is not the JSON of one");
    }
  }

  private static ConversationException violation(String what) {
    return new ConversationException(
        ConversationException.End.VIOLATION, "The sandbox sent " + what + ".");
  }

  OfFunction toException(Fault fault) {
    return new OfFunction(
        TOO_LARGE.equals(errorType) ? Fault.ANSWER_TOO_LARGE : fault,
        errorType == null ? "Function.Unknown" : errorType,
        errorMessage == null ? "" : errorMessage,
        stackTrace == null ? List.of() : stackTrace.stream().map(String::valueOf).toList());
  }
}
