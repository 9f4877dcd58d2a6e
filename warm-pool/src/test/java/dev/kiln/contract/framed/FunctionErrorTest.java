package dev.kiln.contract.framed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kiln.contract.InvocationException.Fault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors come from functions, which may write into their socket whatever they like. */
class FunctionErrorTest {

  @Test
  void aStackOfAMillionFramesIsRefusedUnread() {
    refused("{\"stackTrace\":[1" + ",1".repeat(1_000_000) + "]}", "not the JSON of one");
    refused("{\"other\":[1" + ",1".repeat(1_000_000) + "]}", "not the JSON of one");
  }

  @Test
  void anErrorAsLargeAsAnAnswerIsRefused() {
    refused("{\"errorMessage\":\"" + "a".repeat(FunctionError.MAX_BYTES) + "\"}", "bytes");
    refused("{\"errorMessage\":\"" + "a".repeat(300_000) + "\"}", "not the JSON of one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "\"text\"", "", "{", "7"})
  void whatIsNoObjectIsRefused(String json) {
    refused(json, "The sandbox sent");
  }

  @Test
  void theLargestErrorOfTheContractIsTaken() {
    String frames = ("\"" + "\\u00e9".repeat(1_024) + "\",").repeat(64) + "\"...\"";
    FunctionError error =
        read(
            "{\"errorMessage\":\"%s\",\"stackTrace\":[%s]}"
                .formatted("\\u00e9".repeat(262_144), frames));
    assertThat(error.toException(Fault.RAISED).getMessage()).hasSize(262_144);
    assertThat(error.toException(Fault.RAISED).stackTrace()).hasSize(65);
  }

  private static void refused(String json, String why) {
    assertThatExceptionOfType(ConversationException.class)
        .isThrownBy(() -> read(json))
        .withMessageContaining(why)
        .satisfies(
            refusal -> assertThat(refusal.end()).isEqualTo(ConversationException.End.VIOLATION));
  }

  private static FunctionError read(String json) {
    ByteBuf payload = Unpooled.copiedBuffer(json, StandardCharsets.UTF_8);
    try {
      return FunctionError.read(payload);
    } finally {
      payload.release();
    }
  }
}
