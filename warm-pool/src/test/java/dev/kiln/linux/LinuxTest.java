package dev.kiln.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxTest {

  private final NativeBuffer buffer = new NativeBuffer(64);

  @Test
  void aPipeCarriesBytesAndItsEnd() {
    try (Linux.Pair pipe = Linux.pipe()) {
      put("hello");
      assertThat(Linux.write(pipe.second(), buffer, 0, 5)).isEqualTo(5);
      pipe.second().close();
      assertThat(Linux.read(pipe.first(), buffer, 10, 20)).isEqualTo(5);
      assertThat(text(10, 5)).isEqualTo("hello");
      assertThat(Linux.read(pipe.first(), buffer, 0, 20)).isZero();
    }
  }

  @Test
  void anEmptyPipeWouldBlock() {
    try (Linux.Pair pipe = Linux.pipe()) {
      Linux.setNonBlocking(pipe.first());
      assertThat(Linux.read(pipe.first(), buffer, 0, 20)).isEqualTo(Linux.WOULD_BLOCK);
    }
  }

  @Test
  void aFullPipeWouldBlock() {
    try (Linux.Pair pipe = Linux.pipe()) {
      Linux.setNonBlocking(pipe.second());
      NativeBuffer much = new NativeBuffer(1 << 20);
      assertThat(Linux.write(pipe.second(), much, 0, 1 << 20)).isBetween(1, (1 << 20) - 1);
      assertThat(Linux.write(pipe.second(), much, 0, 4096)).isEqualTo(Linux.WOULD_BLOCK);
    }
  }

  @Test
  void aPipeWithoutReaderSaysSo() {
    try (Linux.Pair pipe = Linux.pipe()) {
      pipe.first().close();
      assertThatThrownBy(() -> Linux.write(pipe.second(), buffer, 0, 1))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EPIPE));
    }
  }

  @Test
  void filesAreReadAndWrittenAtPositions(@TempDir Path directory) throws IOException {
    Path path = Files.writeString(directory.resolve("naïve name"), "0123456789");
    try (FileDescriptor file = Linux.open(path, Linux.Access.READ_WRITE)) {
      put("ab");
      assertThat(Linux.pwrite(file, buffer, 2, 4)).isEqualTo(2);
      assertThat(Linux.pread(file, buffer, 64, 3)).isEqualTo(7);
      assertThat(text(0, 7)).isEqualTo("3ab6789");
    }
  }

  @Test
  void noByteBeyondABufferIsTouched() {
    try (Linux.Pair pipe = Linux.pipe()) {
      assertThatThrownBy(() -> Linux.read(pipe.first(), buffer, 60, 5))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> Linux.write(pipe.second(), buffer, -1, 5))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> Linux.pread(pipe.first(), buffer, 65, 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void waitsForReadingUntilThereIsSomethingOrTheTimeIsOver() {
    try (Linux.Pair pipe = Linux.pipe()) {
      assertThat(Linux.awaitReadable(pipe.first(), 1)).isFalse();
      Linux.write(pipe.second(), buffer, 0, 1);
      assertThat(Linux.awaitReadable(pipe.first(), 60_000)).isTrue();
    }
  }

  @Test
  void aDescriptorIsClosedOnce() {
    Linux.Pair pipe = Linux.pipe();
    FileDescriptor reader = pipe.first();
    int number = reader.value();
    reader.close();
    try (Linux.Pair next = Linux.pipe()) {
      assertThat(next.first().value())
          .as("the kernel gives a closed number again")
          .isEqualTo(number);
      reader.close();
      assertThat(Linux.awaitReadable(next.first(), 0))
          .as("the second close hit nobody else's")
          .isFalse();
    }
    pipe.close();
    assertThat(reader.isOpen()).isFalse();
    assertThatThrownBy(reader::value).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aReleasedDescriptorStaysOpen() {
    try (Linux.Pair pipe = Linux.pipe()) {
      int number = pipe.second().release();
      pipe.second().close();
      assertThatThrownBy(pipe.second()::release).isInstanceOf(IllegalStateException.class);
      try (FileDescriptor again = FileDescriptor.own(number)) {
        assertThat(Linux.write(again, buffer, 0, 1)).isEqualTo(1);
      }
    }
  }

  @Test
  void dumpableIsSetAndRead() {
    boolean before = Linux.isDumpable();
    Linux.setDumpable(false);
    assertThat(Linux.isDumpable()).isFalse();
    Linux.setDumpable(true);
    assertThat(Linux.isDumpable()).isTrue();
    Linux.setDumpable(before);
  }

  @Test
  void readingAndWritingAllocateNothing() {
    try (Linux.Pair pipe = Linux.pipe()) {
      Linux.setNonBlocking(pipe.first());
      exchange(pipe, 1000);
      long before = allocatedBytes();
      exchange(pipe, 10_000);
      assertThat(allocatedBytes() - before).as("bytes for 30,000 calls").isLessThan(30_000);
    }
  }

  private void exchange(Linux.Pair pipe, int times) {
    for (int i = 0; i < times; i++) {
      Linux.write(pipe.second(), buffer, 0, 8);
      Linux.read(pipe.first(), buffer, 0, 64);
      Linux.read(pipe.first(), buffer, 0, 64);
    }
  }

  static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  private void put(String text) {
    buffer.bytes().put(0, text.getBytes(StandardCharsets.UTF_8));
  }

  private String text(int offset, int length) {
    byte[] bytes = new byte[length];
    buffer.bytes().get(offset, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
