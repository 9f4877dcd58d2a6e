package dev.kiln.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What one who has taken over the gateway gets of the host: attempts.c tries, from the gateway's
 * place. Each attempt is held against its exact refusal; a set of them only where the kernel's
 * build decides whether the file is there at all.
 */
class HostAttemptsIT {

  private static final int PROBE = 1;

  private static Map<String, String> outcomes;

  @BeforeAll
  static void tryAll() throws IOException {
    RawGateway gateway = new RawGateway();
    gateway.greet(PROBE);
    try (gateway;
        Probe probe = gateway.spawn(0, PROBE)) {
      outcomes = run();
      gateway.end(probe);
    }
  }

  @AfterAll
  static void forget() {
    outcomes = null;
  }

  private static Map<String, String> run() throws IOException {
    boolean hybrid = Files.exists(Path.of("/kiln/cgroup/memory"));
    Process attempts =
        new ProcessBuilder(
                System.getProperty("kiln.test.attempts"),
                hybrid ? "/kiln/cgroup/memory" : "/kiln/cgroup/unified",
                hybrid ? "memory.limit_in_bytes" : "memory.max")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Map<String, String> found = new TreeMap<>();
    String text = new String(attempts.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    for (String line : text.split("\n")) {
      found.put(line.split(" ")[0], line.split(" ")[1]);
    }
    return found;
  }

  @Test
  void nothingIsAllowed() {
    assertThat(outcomes).hasSizeGreaterThan(60).doesNotContainValue("ALLOWED");
  }

  @Test
  void theHostsFilesAreNotThere() {
    for (String attempt :
        new String[] {
          "read-shadow",
          "read-root-home",
          "read-host-run",
          "read-host-var",
          "read-host-sys",
          "read-redis-data",
          "open-memory",
          "leave-mounted-group"
        }) {
      assertThat(outcomes).containsEntry(attempt, "ENOENT");
    }
    assertThat(outcomes)
        .contains(
            entry("create-in-root", "EROFS"),
            entry("create-in-usr", "EROFS"),
            entry("create-in-run", "EROFS"),
            entry("make-device", "EPERM"),
            entry("hard-link-of-root-file", "EXDEV"),
            entry("open-by-handle", "EPERM"),
            entry("write-core-pattern", "EACCES"));
    assertThat(outcomes.get("read-kernel-memory")).isIn("ENOENT", "EACCES", "EPERM");
    assertThat(outcomes.get("write-modprobe")).isIn("ENOENT", "EACCES");
    assertThat(outcomes.get("write-sysrq")).isIn("ENOENT", "EACCES");
  }

  @Test
  void noOtherProcessIsInReach() {
    assertThat(outcomes)
        .contains(
            entry("foreign-processes", "0"),
            entry("kill-keeper", "EPERM"),
            entry("trace-keeper", "EPERM"),
            entry("read-keeper-memory", "EPERM"),
            entry("take-keeper-descriptor", "EPERM"),
            entry("read-keeper-environment", "EACCES"),
            entry("read-keeper-root", "EACCES"),
            entry("read-keeper-descriptors", "EACCES"),
            entry("open-keeper-namespace", "EACCES"));
  }

  @Test
  void noMountAndNoNamespaceCanBeMadeOrEntered() {
    for (String attempt :
        new String[] {
          "mount",
          "remount",
          "unmount",
          "clone-mount",
          "move-mount",
          "open-file-system",
          "pivot-root",
          "change-root",
          "unshare-user",
          "unshare-mount",
          "unshare-network",
          "clone-user",
          "clone-user-and-pid",
          "enter-own-namespace",
          "enter-keeper-by-pidfd"
        }) {
      assertThat(outcomes).containsEntry(attempt, "EPERM");
    }
    assertThat(outcomes).containsEntry("clone3", "ENOSYS");
  }

  @Test
  void noPrivilegeCanBeGained() {
    for (String attempt :
        new String[] {
          "become-root",
          "become-root-group",
          "join-root-group",
          "gain-capabilities",
          "raise-ambient"
        }) {
      assertThat(outcomes).containsEntry(attempt, "EPERM");
    }
    assertThat(outcomes).containsEntry("unset-no-new-privs", "EINVAL");
  }

  @Test
  void theKernelsRiskierPartsAreShut() {
    for (String attempt :
        new String[] {
          "bpf",
          "perf",
          "userfaultfd",
          "keyring",
          "load-module",
          "kernel-log",
          "reboot",
          "set-time",
          "packet-socket",
          "raw-socket"
        }) {
      assertThat(outcomes).containsEntry(attempt, "EPERM");
    }
    assertThat(outcomes).containsEntry("io-uring", "ENOSYS");
  }

  @Test
  void controlGroupsAllowLimitsOfSlotsAndNothingElse() {
    for (String attempt :
        new String[] {
          "raise-node-cap",
          "join-top-group",
          "join-slot-group",
          "make-group",
          "make-group-in-slot",
          "rename-group",
          "remove-group"
        }) {
      assertThat(outcomes).containsEntry(attempt, "EACCES");
    }
    assertThat(outcomes).containsEntry("own-node-cap", "EPERM");
  }
}
