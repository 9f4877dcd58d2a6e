package dev.kiln.cgroup;

import static dev.kiln.launcher.TestingKiln.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.launcher.Spawned;
import dev.kiln.launcher.TestingKiln;
import dev.kiln.linux.Linux;
import dev.kiln.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The driver on the groups that the launcher made, under the gateway's user id. */
class CgroupFilesIT {

  private static final int SLOT = 5;
  private static final long MEBIBYTE = 1 << 20;

  private static TestingKiln kiln;
  private static Spawned sandbox;

  private final CgroupDriver driver = CgroupFiles.open(CgroupFiles.ROOT, SLOT + 1);

  /** The launcher makes a slot's groups when it first spawns in it. */
  @BeforeAll
  static void spawn() throws Exception {
    kiln = TestingKiln.open();
    sandbox = get(kiln.launcher().spawn(SLOT, 0));
    assertThat(Linux.awaitReadable(sandbox.frames(), 30_000)).isTrue();
  }

  @AfterAll
  static void end() {
    sandbox.close();
    kiln.close();
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private static Limits memory(long bytes) {
    return new Limits(bytes, 500, 200, 64);
  }

  private static boolean hybrid() {
    return Files.isDirectory(CgroupFiles.ROOT.resolve("memory"));
  }

  private static String read(String hybridName, String unifiedName) throws IOException {
    String hierarchy = hybrid() ? hybridName.substring(0, hybridName.indexOf('.')) : "unified";
    String name = hybrid() ? hybridName : unifiedName;
    return Files.readString(group(hierarchy).resolve(name)).strip();
  }

  private static Path group(String hierarchy) {
    return CgroupFiles.ROOT.resolve(hierarchy).resolve("slot-" + SLOT);
  }

  @Test
  void theKernelTakesEveryLimit() throws IOException {
    driver.apply(SLOT, memory(128 * MEBIBYTE));
    assertThat(read("memory.limit_in_bytes", "memory.max")).isEqualTo("134217728");
    assertThat(read("cpu.cfs_quota_us", "cpu.max")).startsWith("50000");
    assertThat(read("cpu.shares", "cpu.weight")).isEqualTo(hybrid() ? "2048" : "200");
    assertThat(read("pids.max", "pids.max")).isEqualTo("64");
  }

  /**
   * The kernel refuses with EINVAL a limit above memory and swap together, on the way up and on the
   * way down.
   */
  @Test
  void memoryIsRaisedAndLoweredAgainAndAgain() throws IOException {
    for (long mebibytes : new long[] {64, 512, 32, 1024, 16, 17, 16}) {
      driver.apply(SLOT, memory(mebibytes * MEBIBYTE));
      assertThat(read("memory.limit_in_bytes", "memory.max"))
          .isEqualTo(Long.toString(mebibytes * MEBIBYTE));
    }
  }

  @Test
  void aLimitThatIsNoMultipleOfAPageIsRoundedDown() throws IOException {
    long odd = 100 * MEBIBYTE + 1234;
    driver.apply(SLOT, memory(odd));
    long page = Linux.pageSize();
    assertThat(Long.parseLong(read("memory.limit_in_bytes", "memory.max")))
        .isEqualTo(odd / page * page);
  }

  @Test
  void aSecondDriverFindsTheSlotAsItIs() throws IOException {
    driver.apply(SLOT, memory(512 * MEBIBYTE));
    try (CgroupDriver second = CgroupFiles.open(CgroupFiles.ROOT, SLOT + 1)) {
      second.apply(SLOT, memory(64 * MEBIBYTE));
      second.apply(SLOT, memory(256 * MEBIBYTE));
    }
    assertThat(read("memory.limit_in_bytes", "memory.max"))
        .isEqualTo(Long.toString(256 * MEBIBYTE));
  }

  @Test
  void freezingAndThawingIsTaken() throws IOException {
    driver.freeze(SLOT);
    assertThat(Files.readString(group("unified").resolve("cgroup.freeze")).strip()).isEqualTo("1");
    driver.thaw(SLOT);
    assertThat(Files.readString(group("unified").resolve("cgroup.freeze")).strip()).isEqualTo("0");
  }

  @Test
  void aResetLiftsTheQuota() throws IOException {
    driver.apply(SLOT, memory(64 * MEBIBYTE));
    driver.reset(SLOT);
    assertThat(read("cpu.cfs_quota_us", "cpu.max")).startsWith(hybrid() ? "-1" : "max");
  }

  /** Else the kernel patches its own code whenever the last slot's quota is lifted. */
  @Test
  void aQuotaRemainsWhereNoSlotHasOne() throws IOException {
    driver.reset(SLOT);
    Path group = CgroupFiles.ROOT.resolve(hybrid() ? "cpu" : "unified").resolve("quota");
    Path quota = group.resolve(hybrid() ? "cpu.cfs_quota_us" : "cpu.max");
    assertThat(Files.readString(quota)).startsWith("100000");
    assertThatThrownBy(() -> Linux.open(quota, Linux.Access.WRITE))
        .isInstanceOf(LinuxException.class)
        .hasMessageEndingWith(": EACCES");
  }

  @Test
  void theSandboxesMemoryIsSeen() throws Exception {
    long charged = get(kiln.launcher().stat(sandbox.id())).memoryBytes();
    assertThat(driver.memoryBytes(SLOT)).isBetween(charged / 2, charged * 2);
  }

  @Test
  void theGatewayHasTheLimitsAndNothingElse() {
    for (String name :
        new String[] {"cgroup.procs", "cgroup.subtree_control", "cgroup.max.descendants"}) {
      Path file = group("unified").resolve(name);
      assertThatThrownBy(() -> Linux.open(file, Linux.Access.WRITE))
          .isInstanceOf(LinuxException.class)
          .hasMessageEndingWith(": EACCES");
    }
    assertThatThrownBy(() -> Files.createDirectory(group("unified").resolve("own")))
        .isInstanceOf(IOException.class);
  }
}
