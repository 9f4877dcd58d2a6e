package dev.kiln.gateway.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventSyntaxTest {

  private static ByteBuf event(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", " 7 ", "\"é\"", "[1,{\"a\":[null,true]}]", "-1.5e3"})
  void jsonIsJson(String text) {
    assertThat(EventSyntax.isJson(event(text))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{\"a\":", "{} {}", "{'a':1}", "nul", "[1,]"})
  void anythingElseIsNot(String text) {
    assertThat(EventSyntax.isJson(event(text))).isFalse();
  }

  @Test
  void whatIsNestedBeyondReasonIsNot() {
    assertThat(EventSyntax.isJson(event("[".repeat(100_000) + "]".repeat(100_000)))).isFalse();
  }
}
