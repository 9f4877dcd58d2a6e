package dev.kiln.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.host.Finding.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

  @Test
  void theLaunchersReportIsUnderstood() throws IOException {
    List<Finding> findings = Doctor.host(Path.of("target", "c", "launcher").toAbsolutePath());
    assertThat(findings)
        .extracting(Finding::name)
        .contains("kernel", "cgroups", "landlock", "core-pattern", "user-ids");
    assertThat(findings).allMatch(finding -> !finding.detail().isBlank());
  }

  @Test
  void aLauncherThatSaysNothingIsAFinding(@TempDir Path directory) throws IOException {
    Path silent = Files.writeString(directory.resolve("launcher"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(silent, PosixFilePermissions.fromString("rwx------"));
    assertThat(Doctor.host(silent))
        .containsExactly(Finding.missing("launcher", silent + " says nothing: build it again"));
  }

  @Test
  void aLineIsNameStateAndDetail() {
    assertThat(Finding.parse("swap degraded not accounted; boot with swapaccount=1"))
        .contains(new Finding("swap", State.DEGRADED, "not accounted; boot with swapaccount=1"));
    assertThat(Finding.parse("swap unheard-of x")).isEmpty();
    assertThat(Finding.parse("swap ok")).isEmpty();
  }

  @Test
  void thisVirtualMachineWillDo() {
    assertThat(VirtualMachine.examine())
        .filteredOn(finding -> !finding.name().equals("file-names"))
        .allMatch(finding -> finding.state() == State.OK);
  }

  @Test
  void theTableIsAligned() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Doctor.print(
        List.of(Finding.ok("a", "good"), new Finding("landlock", State.DEGRADED, "off")),
        new PrintStream(bytes, true, StandardCharsets.UTF_8));
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("a         ok        good", "landlock  degraded  off");
  }
}
