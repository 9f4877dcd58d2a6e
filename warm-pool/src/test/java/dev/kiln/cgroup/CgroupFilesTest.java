package dev.kiln.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.linux.Errno;
import dev.kiln.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The drivers on a tree of ordinary files; what only a kernel does is in {@link CgroupFilesIT}. */
class CgroupFilesTest {

  private static final Limits LIMITS = new Limits(128 << 20, 500, 200, 64);

  @TempDir private Path root;

  private void hybrid() throws IOException {
    file("memory/slot-1/memory.limit_in_bytes", "9223372036854771712");
    file("memory/slot-1/memory.memsw.limit_in_bytes", "9223372036854771712");
    file("memory/slot-1/memory.usage_in_bytes", "4096");
    file("cpu/slot-1/cpu.cfs_quota_us", "-1");
    file("cpu/slot-1/cpu.shares", "1024");
    file("pids/slot-1/pids.max", "max");
    file("unified/slot-1/cgroup.freeze", "0");
  }

  private void unified() throws IOException {
    file("unified/slot-1/memory.max", "max");
    file("unified/slot-1/memory.swap.max", "max");
    file("unified/slot-1/memory.current", "8192");
    file("unified/slot-1/cpu.max", "max 100000");
    file("unified/slot-1/cpu.weight", "100");
    file("unified/slot-1/pids.max", "max");
    file("unified/slot-1/cgroup.freeze", "0");
  }

  private void file(String name, String content) throws IOException {
    Path path = root.resolve(name);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content + "\n");
  }

  /** Returns a file's first line: an ordinary file keeps what lies beyond a shorter value. */
  private String read(String name) throws IOException {
    return Files.readString(root.resolve(name)).lines().findFirst().orElseThrow();
  }

  @Test
  void hybridLimitsGoToTheV1Hierarchies() throws IOException {
    hybrid();
    try (CgroupDriver driver = CgroupFiles.open(root, 2)) {
      driver.apply(1, LIMITS);
      assertThat(read("memory/slot-1/memory.limit_in_bytes")).isEqualTo("134217728");
      assertThat(read("memory/slot-1/memory.memsw.limit_in_bytes")).isEqualTo("134217728");
      assertThat(read("cpu/slot-1/cpu.cfs_quota_us")).isEqualTo("50000");
      assertThat(read("cpu/slot-1/cpu.shares")).isEqualTo("2048");
      assertThat(read("pids/slot-1/pids.max")).isEqualTo("64");
      assertThat(driver.memoryBytes(1)).isEqualTo(4096);
    }
  }

  @Test
  void unifiedLimitsGoToTheOneTreeAndThereIsNoSwap() throws IOException {
    unified();
    try (CgroupDriver driver = CgroupFiles.open(root, 2)) {
      driver.apply(1, LIMITS);
      assertThat(read("unified/slot-1/memory.max")).isEqualTo("134217728");
      assertThat(read("unified/slot-1/memory.swap.max")).isEqualTo("0");
      assertThat(read("unified/slot-1/cpu.max")).isEqualTo("50000");
      assertThat(read("unified/slot-1/cpu.weight")).isEqualTo("200");
      assertThat(read("unified/slot-1/pids.max")).isEqualTo("64");
      assertThat(driver.memoryBytes(1)).isEqualTo(8192);
    }
  }

  @Test
  void aKernelWithoutSwapAccountingHasNoFileToLimit() throws IOException {
    hybrid();
    Files.delete(root.resolve("memory/slot-1/memory.memsw.limit_in_bytes"));
    try (CgroupDriver driver = CgroupFiles.open(root, 2)) {
      driver.apply(1, LIMITS);
      assertThat(read("memory/slot-1/memory.limit_in_bytes")).isEqualTo("134217728");
    }
  }

  @Test
  void aResetLiftsTheQuotaAndThaws() throws IOException {
    unified();
    try (CgroupDriver driver = CgroupFiles.open(root, 2)) {
      driver.apply(1, LIMITS);
      driver.freeze(1);
      assertThat(read("unified/slot-1/cgroup.freeze")).isEqualTo("1");
      driver.reset(1);
      assertThat(read("unified/slot-1/cpu.max")).isEqualTo("max");
      assertThat(read("unified/slot-1/cgroup.freeze")).isEqualTo("0");
      assertThat(read("unified/slot-1/memory.max")).isEqualTo("134217728");
    }
  }

  @Test
  void noQuotaIsTheLayoutsWordForIt() throws IOException {
    hybrid();
    try (CgroupDriver driver = CgroupFiles.open(root, 2)) {
      driver.apply(1, LIMITS);
      driver.apply(1, new Limits(128 << 20, 0, 200, 64));
      assertThat(read("cpu/slot-1/cpu.cfs_quota_us")).isEqualTo("-1");
    }
  }

  @Test
  void whatIsUnchangedIsNotWrittenAgain() throws IOException {
    unified();
    try (CgroupDriver driver = CgroupFiles.open(root, 2)) {
      driver.apply(1, LIMITS);
      file("unified/slot-1/pids.max", "untouched");
      driver.apply(1, new Limits(64 << 20, 500, 200, 64));
      assertThat(read("unified/slot-1/pids.max")).isEqualTo("untouched");
      assertThat(read("unified/slot-1/memory.max")).isEqualTo("67108864");
    }
  }

  @Test
  void aLimitThatDoesNotStickIsToldWhenASlotIsFirstUsed() throws IOException {
    hybrid();
    Path shares = root.resolve("cpu/slot-1/cpu.shares");
    Files.delete(shares);
    Files.createSymbolicLink(shares, Path.of("/dev/null"));
    try (CgroupDriver driver = CgroupFiles.open(root, 2)) {
      assertThatThrownBy(() -> driver.apply(1, LIMITS))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("wrote 2048 to " + shares + " but it says -1");
    }
  }

  @Test
  void aSlotWithoutGroupsNamesTheFile() {
    try (CgroupDriver driver = CgroupFiles.open(root, 2)) {
      assertThatThrownBy(() -> driver.apply(0, LIMITS))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
          .hasMessageContaining("unified/slot-0/memory.max");
    }
  }

  @Test
  void limitsThatNoKernelTakesAreRefused() {
    assertThatThrownBy(() -> new Limits(1024, 0, 100, 10)).hasMessageContaining("memory");
    assertThatThrownBy(() -> new Limits(64 << 20, 5, 100, 10)).hasMessageContaining("CPU limit");
    assertThatThrownBy(() -> new Limits(64 << 20, 0, 0, 10)).hasMessageContaining("weight");
    assertThatThrownBy(() -> new Limits(64 << 20, 0, 100, 0)).hasMessageContaining("processes");
  }
}
