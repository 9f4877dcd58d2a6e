package dev.kiln.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.launcher.RawGateway.Answer;
import dev.kiln.linux.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What ATTACH can be made to mount, by one who has the gateway's directory and may put anything
 * there: the directory of that digest, of the gateway's, and nothing else.
 */
class HostileCodeIT {

  private static final int PROBE = 1;
  private static final int SLOT = 5;
  private static final long TMP_BYTES = 4 << 20;
  private static final Path STATE = Path.of("/kiln/state");
  private static final String DIGEST = "c0de".repeat(16);
  private static final Errno ELOOP = new Errno(40);
  private static final Errno ENOTDIR = new Errno(20);
  private static final Errno EROFS = new Errno(30);
  private static final Errno EALREADY = new Errno(114);

  private static RawGateway gateway;

  private Probe probe;

  @BeforeAll
  static void open() throws IOException {
    gateway = new RawGateway();
    gateway.greet(PROBE);
    Files.createDirectories(STATE.resolve("code"));
    Files.createDirectories(STATE.resolve("layers"));
  }

  @AfterAll
  static void close() {
    gateway.close();
  }

  @BeforeEach
  void spawn() throws IOException {
    clear();
    probe = gateway.spawn(SLOT, PROBE);
  }

  @AfterEach
  void end() throws IOException {
    gateway.end(probe);
    clear();
  }

  private static void clear() throws IOException {
    for (String parent : new String[] {"code", "layers"}) {
      Path place = STATE.resolve(parent).resolve(DIGEST);
      if (Files.isDirectory(place)) {
        Files.deleteIfExists(place.resolve("app.py"));
        Files.deleteIfExists(place.resolve("link"));
      }
      Files.deleteIfExists(place);
    }
  }

  @Test
  void codeAndLayersAreSeenReadOnlyAndTmpHasItsSize() throws IOException {
    writeCode("code", "print(1)");
    writeCode("layers", "a layer");
    assertThat(attach(DIGEST, Optional.of(DIGEST), TMP_BYTES).result()).isZero();
    assertThat(probe.tell("read /var/task/app.py").text()).isEqualTo("print(1)");
    assertThat(probe.tell("read /opt/app.py").text()).isEqualTo("a layer");
    assertThat(probe.tell("create /var/task/new").errno()).isEqualTo(EROFS);
    assertThat(probe.tell("create /opt/new").errno()).isEqualTo(EROFS);
    assertThat(probe.tell("size /tmp").text()).isEqualTo(Long.toString(TMP_BYTES));
  }

  @Test
  void whatIsNotThereIsRefusedAndMayBeTriedAgain() throws IOException {
    assertRefused(attach(DIGEST), "open code", Errno.ENOENT);
    writeCode("code", "");
    assertRefused(
        attach(DIGEST, Optional.of("ab".repeat(32)), TMP_BYTES), "open layers", Errno.ENOENT);
    assertThat(attach(DIGEST).result()).isZero();
  }

  @Test
  void aSecondAttachIsRefused() throws IOException {
    writeCode("code", "");
    assertThat(attach(DIGEST).result()).isZero();
    assertRefused(attach(DIGEST), "check slot", EALREADY);
  }

  @Test
  void aLinkInPlaceOfTheDirectoryIsRefused() throws IOException {
    for (String target : new String[] {"/", "/proc/1/root", "..", "/kiln/state/layers", "."}) {
      Path link = STATE.resolve("code").resolve(DIGEST);
      Files.createSymbolicLink(link, Path.of(target));
      assertRefused(attach(DIGEST), "open code", ELOOP);
      Files.delete(link);
    }
  }

  @Test
  void aLinkInPlaceOfTheParentIsRefused() throws IOException {
    Path aside = STATE.resolve("aside");
    Files.move(STATE.resolve("code"), aside);
    try {
      for (String target : new String[] {"aside", "/usr", "/proc/self/root/usr"}) {
        Files.createSymbolicLink(STATE.resolve("code"), Path.of(target));
        assertRefused(attach(DIGEST), "open code", ELOOP);
        Files.delete(STATE.resolve("code"));
      }
    } finally {
      Files.move(aside, STATE.resolve("code"));
    }
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsRefused() throws IOException {
    Files.writeString(STATE.resolve("code").resolve(DIGEST), "no directory");
    assertRefused(attach(DIGEST), "open code", ENOTDIR);
  }

  /**
   * A link inside the tree is the function's own affair: it is followed in the sandbox, not on the
   * host.
   */
  @Test
  void aLinkInTheTreeLeadsNowhereOnTheHost() throws IOException {
    writeCode("code", "");
    Files.createSymbolicLink(
        STATE.resolve("code").resolve(DIGEST).resolve("link"), Path.of("/etc/passwd"));
    assertThat(attach(DIGEST).result()).isZero();
    assertThat(probe.tell("read /var/task/link").errno()).isEqualTo(Errno.ENOENT);
  }

  /** 0 means no limit to the kernel, and so does what it rounds up beyond its largest number. */
  @Test
  void aTmpWithoutLimitIsRefused() throws IOException {
    writeCode("code", "");
    for (long bytes : new long[] {0, -1, Long.MAX_VALUE, Long.MIN_VALUE, (1L << 40) + 1}) {
      assertRefused(attach(DIGEST, Optional.empty(), bytes), "check message", Errno.EINVAL);
    }
    assertThat(attach(DIGEST).result()).isZero();
  }

  /** Files with set-id bits are found in the wild; no process gains anything by them. */
  @Test
  void mountsCarryNoSetIdAndNoDevices() throws IOException {
    writeCode("code", "");
    Files.setPosixFilePermissions(
        STATE.resolve("code").resolve(DIGEST), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(attach(DIGEST).result()).isZero();
    String options = probe.tell("mount /var/task").text();
    assertThat(options.split(",")).contains("ro", "nosuid", "nodev");
  }

  private static void writeCode(String parent, String text) throws IOException {
    Path directory = Files.createDirectories(STATE.resolve(parent).resolve(DIGEST));
    Files.writeString(directory.resolve("app.py"), text);
  }

  private Answer attach(String code) {
    return attach(code, Optional.empty(), TMP_BYTES);
  }

  private Answer attach(String code, Optional<String> layers, long tmpBytes) {
    return gateway.ask(
        Operation.ATTACH,
        SLOT,
        probe.id().generation(),
        body ->
            Messages.putAttach(
                body,
                HexFormat.of().parseHex(code),
                layers.map(HexFormat.of()::parseHex),
                tmpBytes));
  }

  private static void assertRefused(Answer answer, String step, Errno errno) {
    assertThat(answer.errno()).isEqualTo(errno);
    assertThat(answer.step()).isEqualTo(step);
  }
}
