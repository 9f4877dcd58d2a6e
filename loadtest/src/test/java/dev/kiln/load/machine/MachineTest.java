package dev.kiln.load.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class MachineTest {

  @Test
  void theMachineIsKnown() {
    MachineFacts facts = MachineFacts.read();
    assertThat(facts.cores()).isPositive();
    assertThat(facts.kernel()).matches("\\d+\\.\\d+.*");
    assertThat(facts.cgroups()).isIn("v1", "v2", "hybrid");
    assertThat(MemoryFacts.availableBytes()).isBetween(1L << 20, facts.memoryBytes());
    assertThat(CgroupFacts.read().dying()).isNotNegative();
  }

  @Test
  void fieldsOfMemoryFilesAreInBytes() {
    assertThat(MemoryFacts.field("Rss:   12 kB\nPss:    7 kB\nPss_Dirty: 3 kB\n", "Pss:"))
        .isEqualTo(7 * 1024);
  }

  @Test
  void aProcessIsFoundByItsUserAndHasMemory() throws IOException {
    int self = Math.toIntExact(ProcessHandle.current().pid());
    int user = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    assertThat(Processes.ofUsers(user, 1)).contains(self);
    assertThat(Processes.ofUsers(user + 1, 10)).doesNotContain(self);
    assertThat(Processes.proportionalBytes(self).orElseThrow()).isPositive();
  }

  @Test
  void aProcessThatHasEndedHasNoMemory() throws IOException, InterruptedException {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    assertThat(Processes.proportionalBytes(Math.toIntExact(ended.pid()))).isEmpty();
  }
}
