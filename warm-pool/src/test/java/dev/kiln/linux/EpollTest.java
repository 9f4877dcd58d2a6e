package dev.kiln.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EpollTest {

  private static final int LONG_MILLIS = 60_000;

  private final Epoll epoll = new Epoll(8);
  private final Linux.Pair one = Linux.pipe();
  private final Linux.Pair two = Linux.pipe();
  private final NativeBuffer letter = new NativeBuffer(8);

  @AfterEach
  void close() {
    epoll.close();
    one.close();
    two.close();
  }

  @Test
  void tellsWhichCanBeReadUntilTheyAreRead() {
    epoll.add(one.first());
    epoll.add(two.first());
    assertThat(epoll.await(0)).isZero();
    Linux.write(two.second(), letter, 0, 1);
    for (int i = 0; i < 2; i++) {
      assertThat(epoll.await(LONG_MILLIS)).isEqualTo(1);
      assertThat(epoll.descriptor(0)).isEqualTo(two.first().value());
    }
    Linux.read(two.first(), letter, 0, 8);
    assertThat(epoll.await(0)).isZero();
  }

  @Test
  void tellsSeveralAtOnce() {
    epoll.add(one.first());
    epoll.add(two.first());
    Linux.write(one.second(), letter, 0, 1);
    Linux.write(two.second(), letter, 0, 1);
    assertThat(epoll.await(LONG_MILLIS)).isEqualTo(2);
    assertThat(new int[] {epoll.descriptor(0), epoll.descriptor(1)})
        .containsExactlyInAnyOrder(one.first().value(), two.first().value());
  }

  @Test
  void forgetsWhatWasRemoved() {
    epoll.add(one.first());
    Linux.write(one.second(), letter, 0, 1);
    epoll.remove(one.first());
    assertThat(epoll.await(0)).isZero();
  }

  @Test
  void isWokenOnceByAnotherThread() throws InterruptedException {
    Thread other = new Thread(epoll::wake);
    other.start();
    assertThat(epoll.await(LONG_MILLIS)).isEqualTo(1);
    assertThat(epoll.descriptor(0)).isEqualTo(-1);
    other.join();
    assertThat(epoll.await(0)).isZero();
  }
}
