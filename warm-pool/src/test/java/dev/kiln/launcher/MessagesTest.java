package dev.kiln.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MessagesTest {

  /**
   * Fails where messages.h and {@link Messages} differ in a member, an operation, a step or a size.
   */
  @Test
  void isTheTwinOfTheLaunchersTable() throws IOException, InterruptedException {
    List<String> table = describe();
    Stream.of(
            Messages.FIELDS.stream()
                .map(
                    f -> "field %s %s %d %d".formatted(f.struct(), f.name(), f.offset(), f.size())),
            Stream.of(
                "struct kiln_request " + Messages.REQUEST_BYTES,
                "struct kiln_reply " + Messages.REPLY_BYTES,
                "constant KILN_PROTOCOL " + Messages.PROTOCOL,
                "constant KILN_DIGEST_BYTES " + Messages.DIGEST_BYTES,
                "constant KILN_MAX_SOCKETS " + Messages.MAX_SOCKETS,
                "constant KILN_BASE_ZYGOTE " + Integer.toUnsignedString(Messages.BASE_ZYGOTE),
                "build " + HexFormat.of().formatHex(Build.id())))
        .flatMap(lines -> lines)
        .forEach(line -> assertThat(table).contains(line));
    assertThat(table.stream().filter(line -> line.startsWith("operation ")))
        .containsExactlyElementsOf(
            Arrays.stream(Operation.values())
                .map(o -> "operation KILN_" + o + " " + o.number())
                .toList());
    assertThat(table.stream().filter(line -> line.startsWith("step ")).map(String::strip))
        .containsExactlyElementsOf(
            Arrays.stream(Step.values())
                .map(s -> "step %s %d %s".formatted(s, s.ordinal(), s.text()).strip())
                .toList());
  }

  private static List<String> describe() throws IOException, InterruptedException {
    Path launcher = Path.of("target", "c", "launcher").toAbsolutePath();
    Process process = new ProcessBuilder(launcher.toString(), "--describe").start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return text.lines().toList();
  }

  @Property
  void everyFieldOfAnAttachLandsInItsPlaceAndNothingElseIsWritten(
      @ForAll int sequence,
      @ForAll int generation,
      @ForAll long tmpBytes,
      @ForAll @Size(32) byte[] code,
      @ForAll @Size(32) byte[] layers) {
    code[0] |= 1;
    layers[31] |= 1;
    ByteBuffer message = dirtyMessage();
    Messages.putHeader(message, Operation.ATTACH, sequence, 7, generation);
    Messages.putAttach(
        message,
        Messages.digest(HexFormat.of().formatHex(code)),
        Optional.of(Messages.digest(HexFormat.of().formatHex(layers))),
        tmpBytes);
    ByteBuffer expected = ByteBuffer.allocate(96).order(ByteOrder.nativeOrder());
    expected
        .putInt(3)
        .putInt(sequence)
        .putInt(7)
        .putInt(generation)
        .putLong(tmpBytes)
        .put(code)
        .put(layers);
    assertThat(message).isEqualTo(expected.rewind());
  }

  @Test
  void anAttachWithoutLayersHasZeroesThere() {
    ByteBuffer message = dirtyMessage();
    Messages.putHeader(message, Operation.ATTACH, 1, 7, 9);
    Messages.putAttach(message, Messages.digest("f".repeat(64)), Optional.empty(), 1);
    byte[] layers = new byte[32];
    message.get(56, layers);
    assertThat(layers).containsOnly(0);
  }

  @Property
  void everyReplyIsReadOrRefused(@ForAll @Size(64) byte[] bytes) {
    ByteBuffer reply = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    assertThat(Messages.stat(reply).memoryBytes()).isEqualTo(reply.getLong(24));
    assertThat(Messages.stat(reply).oomKills()).isEqualTo(reply.getInt(52));
    assertThat(Messages.exit(reply).status()).isEqualTo(reply.getInt(24));
    assertThat(Messages.exit(reply).cpuMicros()).isEqualTo(reply.getLong(40));
    assertThat(Messages.totalMicros(reply)).isEqualTo(reply.getInt(28) & 0xffffffffL);
    assertThat(Step.textOf(reply.getInt(20))).isNotNull();
    if (reply.getInt(8) < 0) {
      assertThatThrownBy(() -> Messages.sandbox(reply))
          .isInstanceOf(IllegalArgumentException.class);
    } else {
      assertThat(Messages.sandbox(reply))
          .isEqualTo(new SandboxId(reply.getInt(8), reply.getInt(12)));
    }
  }

  @Test
  void aDigestIsSixtyFourLowerCaseHexDigitsAndNotZero() {
    for (String wrong :
        List.of("", "f".repeat(63), "F".repeat(64), "0".repeat(64), "../" + "f".repeat(61))) {
      assertThatThrownBy(() -> Messages.digest(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aWaitStatusIsRead() {
    assertThat(new Exit(0x2a00, 0, 0, 0))
        .matches(e -> e.exited() && e.exitCode() == 42 && e.signal() == 0);
    assertThat(new Exit(9, 1, 0, 0))
        .matches(e -> !e.exited() && e.exitCode() == 0 && e.signal() == 9);
    assertThat(new Exit(0x8b, 0, 0, 0)).as("with a core dump").matches(e -> e.signal() == 11);
    assertThat(new Exit(Exit.WITH_ZYGOTE, 0, 0, 0)).matches(e -> !e.exited() && e.signal() == 0);
  }

  /** A message as it lies in memory that was used before. */
  private static ByteBuffer dirtyMessage() {
    byte[] bytes = new byte[Messages.REQUEST_BYTES];
    Arrays.fill(bytes, (byte) 0x5a);
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }
}
