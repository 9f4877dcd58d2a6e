package dev.kiln.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrnoTest {

  @Test
  void hasTheNamesOfAsmGeneric() {
    assertThat(Errno.EPERM).hasToString("EPERM");
    assertThat(new Errno(34)).hasToString("ERANGE");
    assertThat(new Errno(40)).hasToString("ELOOP");
    assertThat(new Errno(75)).hasToString("EOVERFLOW");
    assertThat(new Errno(98)).hasToString("EADDRINUSE");
    assertThat(new Errno(115)).hasToString("EINPROGRESS");
    assertThat(Errno.ESTALE).hasToString("ESTALE");
  }

  @Test
  void printsNumbersThatHaveNoName() {
    assertThat(new Errno(41)).hasToString("41");
    assertThat(new Errno(530)).hasToString("530");
  }

  @Test
  void isWhatTheKernelGives() {
    LinuxException failure =
        org.junit.jupiter.api.Assertions.assertThrows(
            LinuxException.class,
            () -> Linux.open(java.nio.file.Path.of("/nowhere/at/all"), Linux.Access.READ));
    assertThat(failure.errno()).isEqualTo(Errno.ENOENT);
    assertThat(failure).hasMessage("open /nowhere/at/all: ENOENT");
  }
}
