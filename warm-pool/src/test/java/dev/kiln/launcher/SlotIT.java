package dev.kiln.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.launcher.RawGateway.Answer;
import dev.kiln.linux.Errno;
import dev.kiln.linux.FileDescriptor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A slot's next sandbox finds nothing of the last. */
class SlotIT {

  private static final int PROBE = 1;
  private static final Path GROUPS = Path.of("/kiln/cgroup");
  private static final boolean HYBRID = Files.exists(GROUPS.resolve("memory"));
  private static final int SIGKILL = 9;

  private static RawGateway gateway;

  @BeforeAll
  static void open() {
    gateway = new RawGateway();
    gateway.greet(PROBE);
  }

  @AfterAll
  static void close() {
    gateway.close();
  }

  @Test
  void itsExitStatusIsTold() {
    try (Probe probe = gateway.spawn(0, PROBE)) {
      probe.send("exit 7");
      Answer exited = gateway.awaitUnasked(Operation.EXITED);
      assertThat(exited.id()).isEqualTo(probe.id());
      assertThat(exited.word(0)).isEqualTo(7 << 8);
    }
  }

  @Test
  void killingTakesAlongWhatHasLeftItsSession() throws IOException {
    try (Probe probe = gateway.spawn(1, PROBE)) {
      for (int i = 0; i < 20; i++) {
        assertThat(probe.tell("daemon 0").errno().number()).isZero();
      }
      assertThat(members(1)).isGreaterThan(20);
      assertThat(gateway.end(probe).word(0)).isEqualTo(SIGKILL);
      assertThat(members(1)).isZero();
    }
  }

  @Test
  void aFrozenSandboxIsKilledAndItsSlotThawed() throws IOException {
    try (Probe probe = gateway.spawn(2, PROBE)) {
      Path freeze = GROUPS.resolve("unified/slot-2/cgroup.freeze");
      Files.writeString(freeze, "1");
      gateway.end(probe);
      assertThat(Files.readString(freeze).strip()).isEqualTo("0");
    }
    try (Probe probe = gateway.spawn(2, PROBE)) {
      gateway.end(probe);
    }
  }

  /** The gateway still holds the listener, so the network cannot be clean: it is replaced. */
  @Test
  void aListenerThatIsLeftDoesNotReachTheNextTenant() {
    Answer sockets;
    try (Probe probe = gateway.spawn(3, PROBE)) {
      sockets =
          gateway.ask(Operation.SOCKET, 3, probe.id().generation(), b -> Messages.putSocket(b, 1));
      assertThat(sockets.descriptors()).hasSize(1);
      gateway.end(probe);
    }
    try (Probe probe = gateway.spawn(3, PROBE)) {
      assertThat(probe.tell("sockets").text()).isEqualTo("0");
      gateway.end(probe);
    }
    sockets.descriptors().forEach(FileDescriptor::close);
  }

  @Test
  void aPortThatTheLastTenantListenedOnIsFree() {
    for (int i = 0; i < 3; i++) {
      try (Probe probe = gateway.spawn(4, PROBE)) {
        assertThat(probe.tell("listen 8080").errno()).isEqualTo(new Errno(0));
        gateway.end(probe);
      }
    }
  }

  /** A network counts what was sent in it for as long as it lives. */
  @Test
  void whatTheLastTenantSentIsNotCountedForTheNext() {
    try (Probe probe = gateway.spawn(4, PROBE)) {
      assertThat(probe.tell("send 1000").errno()).isEqualTo(new Errno(0));
      assertThat(probe.tell("traffic").text()).isNotEqualTo("0");
      gateway.end(probe);
    }
    try (Probe probe = gateway.spawn(4, PROBE)) {
      assertThat(probe.tell("traffic").text()).isEqualTo("0");
      gateway.end(probe);
    }
  }

  /** Out of memory in any process ends all of the sandbox's, and no other's. */
  @Test
  void outOfMemoryEndsTheWholeSandboxAndSparesItsNeighbour() throws IOException {
    try (Probe neighbour = gateway.spawn(6, PROBE);
        Probe probe = gateway.spawn(5, PROBE)) {
      limit(5, 32 << 20);
      probe.send("daemon 200");
      Answer exited = gateway.awaitUnasked(Operation.EXITED);
      assertThat(exited.id()).isEqualTo(probe.id());
      assertThat(exited.word(1)).as("oom kills").isPositive();
      assertThat(members(5)).isZero();
      assertThat(neighbour.tell("alloc 1").errno().number()).isZero();
      gateway.end(neighbour);
    }
  }

  @Test
  void countersAreOfOneSandbox() throws IOException {
    try (Probe probe = gateway.spawn(7, PROBE)) {
      limit(7, 32 << 20);
      probe.send("daemon 200");
      assertThat(gateway.awaitUnasked(Operation.EXITED).word(1)).isPositive();
    }
    try (Probe probe = gateway.spawn(7, PROBE)) {
      assertThat(gateway.end(probe).word(1)).as("oom kills").isZero();
    }
  }

  /**
   * The gateway holds it, so it stays charged to the group: that one is replaced, limits and all.
   */
  @Test
  void memoryThatIsLeftIsNotTheNextTenants() throws IOException {
    List<FileDescriptor> left;
    try (Probe probe = gateway.spawn(8, PROBE)) {
      limit(8, 64 << 20);
      assertThat(probe.tell("leave 30").errno()).isEqualTo(new Errno(0));
      left = probe.receiveDescriptors();
      assertThat(left).hasSize(1);
      gateway.end(probe);
    }
    assertThat(Files.readString(memoryLimit(8)).strip()).isEqualTo(Long.toString(64 << 20));
    try (Probe probe = gateway.spawn(8, PROBE)) {
      Answer stat = gateway.ask(Operation.STAT, probe.id());
      assertThat(stat.word(0)).as("bytes in use").isLessThan(4 << 20);
      probe.send("daemon 80");
      assertThat(gateway.awaitUnasked(Operation.EXITED).word(1)).as("oom kills").isPositive();
    }
    left.forEach(FileDescriptor::close);
  }

  /** Page cache is taken back, so the groups serve on. */
  @Test
  void whatIsLeftInThePageCacheIsNotTheNextTenants() throws IOException {
    String digest = "cafe".repeat(16);
    Path code = Files.createDirectories(Path.of("/kiln/state/code").resolve(digest));
    Path large = code.resolve("large");
    try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
      sparse.setLength(48 << 20); // whoever reads it first is charged, not who made it
    }
    Object group;
    try (Probe probe = gateway.spawn(9, PROBE)) {
      assertThat(attach(probe, digest).result()).isZero();
      group = Files.getAttribute(memoryLimit(9), "unix:ino");
      assertThat(probe.tell("cache /var/task/large").errno()).isEqualTo(new Errno(0));
      assertThat(gateway.ask(Operation.STAT, probe.id()).word(0)).isGreaterThan(40 << 20);
      gateway.end(probe);
    }
    assertThat(Files.getAttribute(memoryLimit(9), "unix:ino")).isEqualTo(group);
    try (Probe probe = gateway.spawn(9, PROBE)) {
      Answer stat = gateway.ask(Operation.STAT, probe.id());
      assertThat(stat.word(0)).as("bytes in use").isLessThan(8 << 20);
      gateway.end(probe);
    }
    Files.delete(large);
    Files.delete(code);
  }

  private static Answer attach(Probe probe, String digest) {
    return gateway.ask(
        Operation.ATTACH,
        probe.id().slot(),
        probe.id().generation(),
        body -> Messages.putAttach(body, Messages.digest(digest), Optional.empty(), 1 << 20));
  }

  private static void limit(int slot, long bytes) throws IOException {
    Files.writeString(memoryLimit(slot), Long.toString(bytes));
  }

  private static Path memoryLimit(int slot) {
    return GROUPS
        .resolve(HYBRID ? "memory" : "unified")
        .resolve("slot-" + slot)
        .resolve(HYBRID ? "memory.limit_in_bytes" : "memory.max");
  }

  private static int members(int slot) throws IOException {
    Path processes = GROUPS.resolve("unified/slot-" + slot + "/cgroup.procs");
    return Files.readAllLines(processes).size();
  }
}
