package dev.kiln.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.linux.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left when a part of Kiln dies, and what comes back by itself. */
class LauncherLifeTest {

  private static final int KILLED = 128 + 9;

  @TempDir Path home;

  @BeforeEach
  void needsRoot() {
    assumeTrue(Linux.userId() == 0, "needs root: it starts launchers");
  }

  @Test
  void aKilledGatewayEndsEverything() throws Exception {
    try (RunningLauncher launcher = start("serve")) {
      launcher.awaitLine("serving");
      List<ProcessHandle> all = launcher.handle().descendants().toList();
      assertThat(all).hasSizeGreaterThan(8);
      RunningLauncher.kill(launcher.descendant("java"));
      assertThat(launcher.awaitExit()).isEqualTo(KILLED);
      RunningLauncher.awaitDead(all);
      assertThat(launcher.groups()).isEmpty();
    }
  }

  @Test
  void aKilledLauncherLeavesEmptyGroupsThatTheNextRemoves() throws Exception {
    List<ProcessHandle> all;
    try (RunningLauncher launcher = start("serve")) {
      launcher.awaitLine("serving");
      all = launcher.handle().descendants().toList();
      RunningLauncher.kill(launcher.handle());
      RunningLauncher.awaitDead(all);
      assertThat(launcher.groups()).isNotEmpty();
    }
    try (RunningLauncher launcher = start("serve")) {
      launcher.awaitLine("serving");
      launcher.terminate();
      launcher.awaitExit();
      assertThat(launcher.groups()).isEmpty();
    }
  }

  /** What it forked needs it no more, and does not notice. */
  @Test
  void aKilledZygoteComesBackAndItsSandboxesLiveOn() throws Exception {
    try (RunningLauncher launcher = start("serve")) {
      launcher.awaitLine("serving");
      RunningLauncher.kill(launcher.descendant("kiln-zygote"));
      launcher.awaitLine("down");
      assertThat(launcher.awaitLine("alive")).isEqualTo("alive 5");
      launcher.awaitLine("serving");
    }
  }

  @Test
  void aKilledBaseZygoteComesBackAndAllSandboxesAreToldDead() throws Exception {
    try (RunningLauncher launcher = start("serve")) {
      launcher.awaitLine("serving");
      for (int time = 0; time < 2; time++) {
        RunningLauncher.kill(launcher.descendant("kiln-base"));
        launcher.awaitLine("down");
        assertThat(launcher.awaitLine("alive")).isEqualTo("alive 0");
        launcher.awaitLine("exited -1");
        launcher.awaitLine("serving");
      }
    }
  }

  @Test
  void aHelperThatDiesEndsEverything() throws Exception {
    try (RunningLauncher launcher = start("serve")) {
      launcher.awaitLine("serving");
      RunningLauncher.kill(launcher.descendant("kiln-networks"));
      assertThat(launcher.awaitExit()).isEqualTo(1);
      assertThat(launcher.groups()).isEmpty();
    }
  }

  /** More than are asked for at first, so that some are asked for again and refused again. */
  @Test
  void networkNamespacesThatAreRefusedAreTriedAgain() throws Exception {
    try (RunningLauncher launcher = RunningLauncher.startRefused(20, home, "insist")) {
      launcher.awaitLine("network namespace: ENOSPC");
      launcher.awaitLine("trying again in 200 ms");
      launcher.awaitLine("refused: make network namespace: ENOSPC");
      launcher.awaitLine("serving");
      launcher.terminate();
      assertThat(launcher.awaitExit()).isZero();
      assertThat(launcher.groups()).isEmpty();
    }
  }

  @Test
  void aSlotThatDoesNotEmptyIsToldOf() throws Exception {
    try (RunningLauncher launcher = start("serve");
        UndyingProcess undying = UndyingProcess.start()) {
      launcher.awaitLine("serving");
      ProcessHandle sandbox = launcher.descendant("kiln-sandbox");
      undying.joinGroupOf(sandbox);
      RunningLauncher.kill(sandbox);
      assertThat(launcher.awaitLine("is out of use"))
          .contains("5 s after its sandbox ended it waits for processes to leave its groups")
          .containsPattern("/kiln-[0-9a-f]{8}/slot-[0-4]: " + undying.pid());
      undying.letGo();
      launcher.terminate();
      launcher.awaitExit();
      assertThat(launcher.groups()).isEmpty();
    }
  }

  @Test
  void aGatewayThatDoesNotReadIsTakenForDead() throws Exception {
    try (RunningLauncher launcher = start("deaf")) {
      launcher.awaitLine("does not read");
      assertThat(launcher.awaitExit()).isEqualTo(1);
      assertThat(launcher.groups()).isEmpty();
    }
  }

  @Test
  void sandboxesEndWhenTheGatewayHangsUp() throws Exception {
    try (RunningLauncher launcher = start("hang-up")) {
      launcher.awaitLine("hung up");
      assertThat(launcher.awaitExit()).as("the gateway's own status").isEqualTo(5);
    }
  }

  @Test
  void aKilledRedisComesBackAndGivesNoAdministration() throws Exception {
    Path redis = Path.of("/usr/bin/redis-server");
    assumeTrue(Files.isExecutable(redis), "needs redis-server");
    try (RunningLauncher launcher =
        RunningLauncher.start(
            home, RunningLauncher.probeRoot(), "redis", "--redis", redis.toString())) {
      for (int time = 0; time < 2; time++) {
        assertThat(launcher.awaitLine("to set:")).isEqualTo("to set: +OK");
        assertThat(launcher.awaitLine("to config:")).startsWith("to config: -NOPERM");
        assertThat(launcher.awaitLine("to module:")).startsWith("to module: -NOPERM");
        assertThat(launcher.awaitLine("to script:")).startsWith("to script: -NOPERM");
        RunningLauncher.kill(launcher.descendant("redis-server"));
        launcher.awaitLine("started again");
      }
    }
  }

  @Test
  void termLetsTheGatewayEndAndIsNoFailure() throws Exception {
    try (RunningLauncher launcher = start("serve")) {
      launcher.awaitLine("serving");
      launcher.terminate();
      assertThat(launcher.awaitExit()).isZero();
      assertThat(launcher.groups()).isEmpty();
    }
  }

  @Test
  void aHomeInUseIsRefused() throws Exception {
    try (RunningLauncher first = start("serve")) {
      first.awaitLine("serving");
      try (RunningLauncher second = start("serve")) {
        second.awaitLine("is in use by another Kiln");
        assertThat(second.awaitExit()).isEqualTo(1);
      }
      assertThat(first.groups()).as("the refused one has removed nothing").isNotEmpty();
    }
  }

  @Test
  void aRuntimeThatOthersCouldChangeIsRefused() throws Exception {
    Path root = Files.createDirectory(home.resolve("root"));
    Path program = Files.writeString(root.resolve("program"), "");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxrwxr-x"));
    assertRefused(root, "writable by nobody else");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setAttribute(program, "unix:uid", 1);
    assertRefused(root, "must be root's");
  }

  /** The gateway could put another in place of what the launcher checked. */
  @Test
  void aRuntimeBeneathTheGatewaysDirectoryIsRefused() throws Exception {
    try (RunningLauncher launcher = start("serve")) {
      launcher.awaitLine("serving");
    }
    Path root = Files.createDirectory(home.resolve("state").resolve("root"));
    assertRefused(root, "user id of Kiln's own range");
  }

  private void assertRefused(Path root, String reason) throws Exception {
    try (RunningLauncher launcher = RunningLauncher.start(home, root, "serve")) {
      launcher.awaitLine(reason);
      assertThat(launcher.awaitExit()).isEqualTo(1);
    }
  }

  private RunningLauncher start(String mode) throws IOException {
    return RunningLauncher.start(home, RunningLauncher.probeRoot(), mode);
  }
}
