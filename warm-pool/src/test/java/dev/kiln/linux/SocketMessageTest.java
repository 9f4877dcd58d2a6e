package dev.kiln.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketMessageTest {

  private final Linux.Pair sockets = Linux.socketPair(Linux.SocketType.SEQUENCED_PACKET);
  private final SocketMessage outgoing = new SocketMessage(96, 5);
  private final SocketMessage incoming = new SocketMessage(96, 5);

  @AfterEach
  void close() {
    sockets.close();
  }

  @Test
  void packetsKeepTheirBounds() {
    outgoing.payload().putLong(0, 0x1122334455667788L).putInt(92, 7);
    assertThat(outgoing.send(sockets.first(), 96)).isEqualTo(96);
    assertThat(outgoing.send(sockets.first(), 8)).isEqualTo(8);
    assertThat(incoming.receive(sockets.second())).isEqualTo(96);
    assertThat(incoming.payload().getLong(0)).isEqualTo(0x1122334455667788L);
    assertThat(incoming.payload().getInt(92)).isEqualTo(7);
    assertThat(incoming.receive(sockets.second())).isEqualTo(8);
    assertThat(incoming.truncated()).isFalse();
    assertThat(incoming.takeDescriptors()).isEmpty();
  }

  @Test
  void descriptorsComeInOrderAndBelongToTheReceiver() {
    NativeBuffer letter = new NativeBuffer(1);
    try (Linux.Pair one = Linux.pipe();
        Linux.Pair two = Linux.pipe()) {
      outgoing.send(sockets.first(), 96, one.second(), two.second());
      incoming.receive(sockets.second());
      List<FileDescriptor> received = incoming.takeDescriptors();
      assertThat(received).hasSize(2);
      Linux.write(received.get(1), letter, 0, 1);
      assertThat(Linux.awaitReadable(one.first(), 0)).isFalse();
      assertThat(Linux.awaitReadable(two.first(), 0)).isTrue();
      received.forEach(FileDescriptor::close);
    }
  }

  @Test
  void descriptorsThatNobodyTookAreClosed() {
    NativeBuffer letter = new NativeBuffer(1);
    try (Linux.Pair pipe = Linux.pipe()) {
      outgoing.send(sockets.first(), 96, pipe.second());
      pipe.second().close();
      outgoing.send(sockets.first(), 96);
      incoming.receive(sockets.second());
      assertThat(incoming.descriptorCount()).isEqualTo(1);
      assertThat(Linux.awaitReadable(pipe.first(), 0)).as("a writer is left").isFalse();
      incoming.receive(sockets.second());
      assertThat(Linux.read(pipe.first(), letter, 0, 1)).as("no writer is left").isZero();
    }
  }

  @Test
  void moreThanThereIsRoomForIsTold() {
    SocketMessage small = new SocketMessage(8, 0);
    outgoing.send(sockets.first(), 96);
    assertThat(small.receive(sockets.second())).isEqualTo(8);
    assertThat(small.truncated()).isTrue();
    try (Linux.Pair pipe = Linux.pipe()) {
      outgoing.send(sockets.first(), 8, pipe.first(), pipe.second());
    }
    assertThat(small.receive(sockets.second())).isEqualTo(8);
    assertThat(small.truncated()).isTrue();
    assertThat(small.descriptorCount()).isZero();
  }

  @Test
  void aFullQueueWouldBlockAndAnEmptyOneToo() {
    Linux.setNonBlocking(sockets.second());
    assertThat(incoming.receive(sockets.second())).isEqualTo(Linux.WOULD_BLOCK);
    int sent = 0;
    while (outgoing.send(sockets.first(), 96) != Linux.WOULD_BLOCK) {
      sent++;
    }
    assertThat(sent).as("what a queue holds").isBetween(128, 1000);
  }

  @Test
  void thePeersEndIsZero() {
    Linux.shutdown(sockets.first());
    assertThat(incoming.receive(sockets.second())).isZero();
  }

  @Test
  void exchangingAllocatesNothing() {
    exchange(1000);
    long before = LinuxTest.allocatedBytes();
    exchange(10_000);
    assertThat(LinuxTest.allocatedBytes() - before).as("bytes for 20,000 calls").isLessThan(20_000);
  }

  private void exchange(int times) {
    for (int i = 0; i < times; i++) {
      outgoing.send(sockets.first(), 96);
      incoming.receive(sockets.second());
    }
  }
}
