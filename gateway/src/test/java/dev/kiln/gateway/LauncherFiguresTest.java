package dev.kiln.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kiln.gateway.invoke.VersionSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Figures that stand in the launcher's C as well as here. */
final class LauncherFiguresTest {

  private static int figure(String name) throws IOException {
    String line = "constant " + name + " ";
    Process launcher = new ProcessBuilder("../warm-pool/target/c/launcher", "--describe").start();
    String text = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    List<String> found = text.lines().filter(each -> each.startsWith(line)).toList();
    assertThat(found).hasSize(1);
    return Integer.parseInt(found.get(0).substring(line.length()));
  }

  private static VersionSettings withProcesses(int processes) {
    return new VersionSettings("us-east-1", 1769, 1000, processes, 1000, 100);
  }

  @Test
  void aSandboxMayHaveAsManyProcessesAsItsSlotAndNoMore() throws IOException {
    int most = figure("CGROUP_SLOT_PROCESSES");
    assertThat(withProcesses(most).processes()).isEqualTo(most);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withProcesses(most + 1))
        .withMessageContaining("from 1 to " + most);
  }

  @Test
  void eachClientThatMayConnectHasADescriptor() throws IOException {
    assertThat(Files.readAllLines(Path.of("src/main/resources/application.properties")))
        .contains("quarkus.http.limits.max-connections=" + figure("LAUNCHER_CLIENTS"));
  }
}
