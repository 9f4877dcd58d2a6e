package dev.kiln.contract.framed;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.kiln.contract.InvocationException.Fault;
import dev.kiln.contract.InvocationException.OfFunction;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An error as Lambda's runtimes write it. Comes from the function: any member may be missing. */
@JsonIgnoreProperties(ignoreUnknown = true)
record FunctionError(
    @Nullable String errorType,
    @Nullable String errorMessage,
    @Nullable List<@Nullable String> stackTrace) {

  private static final ObjectReader READER = new ObjectMapper().readerFor(FunctionError.class);

  /** The type with which a bootstrap itself refuses an answer that is too large. */
  private static final String TOO_LARGE = "Function.ResponseSizeTooLarge";

  /** Reads the JSON in {@code payload}, which is not released. */
  static FunctionError read(ByteBuf payload) {
    try (InputStream json = new ByteBufInputStream(payload.duplicate())) {
      return READER.readValue(json);
    } catch (IOException e) {
      throw new ConversationException(
          ConversationException.End.VIOLATION,
          "The sandbox sent an error that is not the JSON of one.");
    }
  }

  OfFunction toException(Fault fault) {
    return new OfFunction(
        TOO_LARGE.equals(errorType) ? Fault.ANSWER_TOO_LARGE : fault,
        errorType == null ? "Function.Unknown" : errorType,
        errorMessage == null ? "" : errorMessage,
        stackTrace == null ? List.of() : stackTrace.stream().map(String::valueOf).toList());
  }
}
