package dev.kiln.contract.framed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.contract.Deadline;
import dev.kiln.contract.Invocation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What is written to a sandbox, read by the letter of docs/framed.md. */
class FramesTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Property
  void writesAnInvocationWhoseContextIsJson(@ForAll String requestId, @ForAll String traceId)
      throws IOException {
    ByteBuf event = Unpooled.copiedBuffer("[1]", StandardCharsets.UTF_8);
    Invocation invocation =
        new Invocation(
            requestId,
            Deadline.in(Duration.ofSeconds(3)),
            event,
            Optional.of(traceId),
            Optional.of("{\"custom\":{}}"));
    ByteBuf frame = Frames.invoke(UnpooledByteBufAllocator.DEFAULT, invocation, -7);
    int length = frame.readIntLE();
    assertThat(length).isEqualTo(frame.readableBytes() - 20 + 3);
    assertThat(frame.readShortLE()).isEqualTo((short) 2);
    assertThat(frame.readShortLE()).isZero();
    assertThat(frame.readLongLE()).isEqualTo(-7);
    assertThat(frame.readLongLE()).isZero();
    assertThat(frame.readLongLE() - System.currentTimeMillis()).isBetween(1L, 3000L);
    assertThat(frame.readIntLE()).isEqualTo(frame.readableBytes());
    JsonNode context = JSON.readTree(frame.toString(StandardCharsets.UTF_8));
    assertThat(context.get("requestId").asText()).isEqualTo(valid(requestId));
    assertThat(context.get("traceId").asText()).isEqualTo(valid(traceId));
    assertThat(context.get("clientContext").get("custom").isObject()).isTrue();
    frame.release();
  }

  /** UTF-8 has no half surrogate pairs: they are written as question marks. */
  private static String valid(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  @Example
  void writesTheBundleBehindTheConfiguration() {
    LoadFrame load = new LoadFrame(new byte[] {'{', '}'}, new byte[] {1, 2, 3});
    ByteBuf frame = load.bytes(UnpooledByteBufAllocator.DEFAULT);
    assertThat(frame.readIntLE()).isEqualTo(9);
    assertThat(frame.readShortLE()).isEqualTo((short) 1);
    frame.skipBytes(18);
    assertThat(frame.readIntLE()).isEqualTo(2);
    assertThat(frame.toString(StandardCharsets.ISO_8859_1)).isEqualTo("{}\1\2\3");
    frame.release();
  }
}
