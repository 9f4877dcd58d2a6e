package dev.kiln.gateway.url;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UrlAnswerTest {

  @Test
  void anAnswerOfMillionsOfValuesIsNotMadeATreeOf() {
    String values = "[{\"\":1}" + ",{\"\":1}".repeat(700_000) + "]";
    assertThat(of(values)).isEmpty();
    assertThat(of("{\"x\":" + values + "}")).isEmpty();
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> of("{\"x\":" + values + ",\"statusCode\":200}"))
        .satisfies(
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.FUNCTION_ANSWER_MALFORMED))
        .withMessageContaining("more than 10000 values");
  }

  @Test
  void aStatusMayStandAnywhereOnTheFirstLevelOnly() {
    assertThat(of("{\"body\":\"b\",\"headers\":{\"a\":\"b\"},\"statusCode\":204}"))
        .hasValueSatisfying(answer -> assertThat(answer.status()).isEqualTo(204));
    assertThat(of("{\"x\":{\"statusCode\":204}}")).isEmpty();
    assertThat(of("[{\"statusCode\":204}]")).isEmpty();
    assertThat(of("")).isEmpty();
  }

  @Test
  void halfAnAnswerIsNone() {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> of("{\"statusCode\":200,\"body\":\"b"))
        .withMessageContaining("not JSON");
  }

  private static Optional<UrlAnswer> of(String json) {
    ByteBuf bytes = Unpooled.copiedBuffer(json, StandardCharsets.UTF_8);
    try {
      return UrlAnswer.of(bytes);
    } finally {
      bytes.release();
    }
  }
}
