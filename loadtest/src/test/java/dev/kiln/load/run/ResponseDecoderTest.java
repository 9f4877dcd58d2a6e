package dev.kiln.load.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class ResponseDecoderTest {

  private final ResponseDecoder decoder = new ResponseDecoder();

  /** An answer as it goes over the wire, and what it means. */
  record Answer(String wire, int status, int bodyBytes) {}

  @Property(tries = 200)
  void answersAreFoundHoweverTheBytesAreCutIntoPieces(
      @ForAll("answers") List<Answer> answers, @ForAll List<Integer> cuts) {
    StringBuilder wire = new StringBuilder();
    answers.forEach(answer -> wire.append(answer.wire()));
    ByteBuf all = bytes(wire.toString());
    int cut = 0;
    for (Answer expected : answers) {
      boolean complete = false;
      while (!complete) {
        int size = cuts.isEmpty() ? 7 : 1 + Math.floorMod(cuts.get(cut++ % cuts.size()), 50);
        ByteBuf piece = all.slice(all.readerIndex(), Math.min(size, all.readableBytes()));
        complete = decoder.decode(piece);
        all.skipBytes(piece.readerIndex());
      }
      assertThat(decoder.head().status()).isEqualTo(expected.status());
      assertThat(decoder.bodyBytes()).isEqualTo(expected.bodyBytes());
      decoder.reset();
    }
    assertThat(all.readableBytes()).isZero();
  }

  @Provide
  Arbitrary<List<Answer>> answers() {
    return Arbitraries.oneOf(fixed(), chunked(), empty()).list().ofMinSize(1).ofMaxSize(5);
  }

  private static Arbitrary<Answer> fixed() {
    return Combinators.combine(
            Arbitraries.of(200, 201, 404, 502), Arbitraries.integers().between(0, 300))
        .as(
            (status, size) ->
                new Answer(
                    "HTTP/1.1 "
                        + status
                        + " X\r\ncontent-length: "
                        + size
                        + "\r\n\r\n"
                        + "b".repeat(size),
                    status,
                    size));
  }

  private static Arbitrary<Answer> chunked() {
    return Arbitraries.integers()
        .between(1, 60)
        .list()
        .ofMaxSize(4)
        .map(
            sizes -> {
              StringBuilder wire =
                  new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              sizes.forEach(
                  size ->
                      wire.append(Integer.toHexString(size))
                          .append(";x=\"1\"\r\n")
                          .append("\n".repeat(size))
                          .append("\r\n"));
              wire.append("0\r\nTrailer: t\r\n\r\n");
              return new Answer(wire.toString(), 200, sizes.stream().mapToInt(i -> i).sum());
            });
  }

  private static Arbitrary<Answer> empty() {
    return Arbitraries.of(
        new Answer("HTTP/1.1 204 No Content\r\n\r\n", 204, 0),
        new Answer(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 304 Not Modified\r\nA: b\r\n\r\n", 304, 0));
  }

  @Test
  void headersAreFoundByNameInAnyCaseAndStripped() {
    decoder.decode(
        bytes("HTTP/1.1 204 X\r\nKiln-Start-Type:  warm \r\nServer-Timing: a;dur=1\r\n\r\n"));
    assertThat(decoder.head().header("kiln-start-type")).contains("warm");
    assertThat(decoder.head().header("Server-Timing")).contains("a;dur=1");
    assertThat(decoder.head().header("Server")).isEmpty();
  }

  @Test
  void aBodyWithoutLengthEndsWithTheConnection() {
    assertThat(decoder.decode(bytes("HTTP/1.1 200 OK\r\n\r\nabc"))).isFalse();
    assertThat(decoder.endOfInput()).isTrue();
    assertThat(decoder.bodyBytes()).isEqualTo(3);
  }

  @Test
  void aConnectionThatEndsInTheMiddleCompletesNothing() {
    decoder.decode(bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"));
    assertThat(decoder.endOfInput()).isFalse();
  }

  @Test
  void whatIsNotHttpIsRefused() {
    for (String wire :
        List.of(
            "SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "HTTP/1.1 abc\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")) {
      assertThatThrownBy(() -> new ResponseDecoder().decode(bytes(wire)))
          .as(wire)
          .isInstanceOf(MalformedResponseException.class);
    }
  }

  @Test
  void headersWithoutEndAreRefused() {
    ByteBuf endless = bytes("HTTP/1.1 200 OK\r\nA: " + "a".repeat(70_000));
    assertThatThrownBy(() -> decoder.decode(endless)).hasMessageContaining("65536");
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
