package dev.kiln.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.launcher.RawGateway.Answer;
import dev.kiln.linux.Errno;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What a gateway that has been taken over may send to the launcher, and what it gets. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostileMessagesIT {

  private static final int PROBE = 1;

  private static RawGateway gateway;

  @BeforeAll
  static void open() {
    gateway = new RawGateway();
  }

  @AfterAll
  static void close() {
    gateway.close();
  }

  @Test
  @Order(1)
  void nothingIsDoneBeforeHello() {
    for (Operation operation : Operation.values()) {
      if (operation != Operation.HELLO) {
        assertRefused(gateway.ask(operation.number(), 0, 0), "check message", Errno.EPROTO);
      }
    }
  }

  @Test
  @Order(2)
  void anotherBuildOrProtocolIsRefused() {
    byte[] build = Build.id();
    build[0] ^= 1;
    assertRefused(
        gateway.ask(Operation.HELLO, 0, 0, body -> Messages.putHello(body, build)),
        "check message",
        Errno.EPROTO);
    assertRefused(
        gateway.ask(
            Operation.HELLO,
            0,
            0,
            body -> {
              Messages.putHello(body, Build.id());
              body.putInt(16, Messages.PROTOCOL + 1);
            }),
        "check message",
        Errno.EPROTO);
  }

  @Test
  @Order(3)
  void helloIsAcceptedOnce() {
    gateway.greet(PROBE);
    assertRefused(
        gateway.ask(Operation.HELLO, 0, 0, body -> Messages.putHello(body, Build.id())),
        "check message",
        Errno.EPROTO);
  }

  @Test
  void packetsOfAnotherSizeAreRefused() {
    for (int length : new int[] {0, 1, 15, 16, 95, 97, 4096}) {
      Answer answer = gateway.sendPacketOf(length);
      assertThat(answer.errno()).as("%d bytes", length).isEqualTo(Errno.EBADMSG);
      assertThat(answer.sequence()).isZero();
    }
  }

  @Test
  void unknownOperationsAreRefused() {
    for (int operation : new int[] {0, 7, 63, 67, 255, Integer.MIN_VALUE, -1}) {
      assertRefused(gateway.ask(operation, 0, 0), "check message", new Errno(38));
    }
    assertRefused(gateway.ask(Operation.EXITED.number(), 0, 0), "check message", new Errno(38));
  }

  @Test
  void slotsThatAreNotThereAreRefused() {
    for (int slot : new int[] {64, 4096, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
      assertRefused(
          gateway.ask(Operation.SPAWN, slot, 0, body -> Messages.putSpawn(body, PROBE)),
          "check slot",
          Errno.EINVAL);
      for (Operation operation : List.of(Operation.ATTACH, Operation.KILL, Operation.STAT)) {
        assertRefused(gateway.ask(operation.number(), slot, 1), "check slot", Errno.EINVAL);
      }
    }
  }

  @Test
  void runtimesAndNetworksThatAreNotThereAreRefused() {
    for (int runtime : new int[] {2, 8, Integer.MAX_VALUE, -1}) {
      assertRefused(
          gateway.ask(Operation.SPAWN, 0, 0, body -> Messages.putSpawn(body, runtime)),
          "check message",
          Errno.EINVAL);
    }
    assertRefused(
        gateway.ask(Operation.SPAWN, 0, 0, body -> body.putInt(16, PROBE).putInt(20, 1)),
        "check message",
        Errno.EINVAL);
  }

  @Test
  void aSlotInUseIsRefused() {
    try (Probe probe = gateway.spawn(1, PROBE)) {
      assertRefused(
          gateway.ask(Operation.SPAWN, 1, 0, body -> Messages.putSpawn(body, PROBE)),
          "check slot",
          Errno.EBUSY);
      gateway.end(probe);
    }
  }

  @Test
  void aGenerationThatDoesNotLiveIsRefused() {
    int first;
    try (Probe probe = gateway.spawn(2, PROBE)) {
      first = probe.id().generation();
      gateway.end(probe);
    }
    try (Probe probe = gateway.spawn(2, PROBE)) {
      assertThat(probe.id().generation()).isEqualTo(first + 1);
      for (int generation : new int[] {0, first, first + 2, -1}) {
        for (Operation operation : List.of(Operation.ATTACH, Operation.KILL, Operation.STAT)) {
          assertRefused(gateway.ask(operation.number(), 2, generation), "check slot", Errno.ESTALE);
        }
        assertRefused(
            gateway.ask(Operation.SOCKET, 2, generation, body -> Messages.putSocket(body, 1)),
            "check slot",
            Errno.ESTALE);
      }
      assertThat(probe.tell("read /proc/sys/kernel/hostname").text()).isEqualTo("sandbox");
      gateway.end(probe);
    }
  }

  @Test
  void tooManySocketsOrNoneAreRefused() {
    try (Probe probe = gateway.spawn(3, PROBE)) {
      for (int count : new int[] {0, Messages.MAX_SOCKETS + 1, Integer.MAX_VALUE, -1}) {
        Answer answer =
            gateway.ask(
                Operation.SOCKET,
                3,
                probe.id().generation(),
                body -> Messages.putSocket(body, count));
        assertRefused(answer, "check message", Errno.EINVAL);
        assertThat(answer.descriptors()).isEmpty();
      }
      gateway.end(probe);
    }
  }

  /** The reading end sees the end of the pipe only when nobody holds the other end any more. */
  @Test
  void descriptorsSentAlongAreClosedAndTheirMessageIsRefused() {
    for (int copies : new int[] {1, 16, 200}) {
      Linux.Pair pipe = Linux.pipe();
      FileDescriptor[] passed = new FileDescriptor[copies];
      Arrays.fill(passed, pipe.second());
      assertThat(askWith(passed).errno()).isEqualTo(Errno.EBADMSG);
      pipe.second().close();
      assertThat(Linux.awaitReadable(pipe.first(), 10_000)).as("%d copies", copies).isTrue();
      pipe.first().close();
    }
  }

  /** More than fit where the launcher receives make it trust nothing of the message. */
  private static Answer askWith(FileDescriptor... passed) {
    return passed.length > 16
        ? gateway.sendPacketOf(Messages.REQUEST_BYTES, passed)
        : gateway.ask(Operation.STAT.number(), 0, 1, passed);
  }

  @Test
  void aFloodIsAnsweredToTheLast() {
    for (int round = 0; round < 20; round++) {
      assertThat(gateway.flood(Operation.STAT, 1000).errno()).isEqualTo(Errno.ESTALE);
    }
    try (Probe probe = gateway.spawn(4, PROBE)) {
      gateway.end(probe);
    }
  }

  private static void assertRefused(Answer answer, String step, Errno errno) {
    assertThat(answer.errno()).isEqualTo(errno);
    assertThat(answer.step()).isEqualTo(step);
  }
}
