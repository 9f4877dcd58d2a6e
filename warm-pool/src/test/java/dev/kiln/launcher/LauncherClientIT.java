package dev.kiln.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.linux.Errno;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The client and the real launcher, which started this process under the gateway's user id. */
class LauncherClientIT {

  private static final SandboxId NEVER_SPAWNED = new SandboxId(0, 1);

  private static LauncherClient client;

  @BeforeAll
  static void open() {
    int descriptor = Integer.parseInt(System.getenv("KILN_LAUNCHER_FD"));
    client = LauncherClient.open(FileDescriptor.own(descriptor));
    client.listen(new Heard());
  }

  @AfterAll
  static void close() {
    client.close();
  }

  @Test
  void itsWelcomeDescribesThisKiln() {
    assertThat(client.welcome().slots()).isPositive();
    assertThat(client.welcome().firstUid()).isGreaterThan(Linux.userId());
    assertThat(Linux.userId()).as("the tests run without privilege").isPositive();
  }

  @Test
  void everyRequestAboutASandboxThatIsNotThereIsRefusedAsStale() {
    for (CompletionStage<?> stage :
        List.of(
            client.stat(NEVER_SPAWNED),
            client.kill(NEVER_SPAWNED),
            client.sockets(NEVER_SPAWNED, 1),
            client.attach(NEVER_SPAWNED, "ab".repeat(32), Optional.empty(), 1 << 20))) {
      assertThat(failure(stage).errno()).isEqualTo(Errno.ESTALE);
      assertThat(failure(stage).step()).isEqualTo("check slot");
    }
  }

  @Test
  void aSlotBeyondTheLastIsRefused() {
    int beyond = client.welcome().slots();
    assertThat(failure(client.spawn(beyond, 0)).errno()).isEqualTo(Errno.EINVAL);
  }

  @Test
  void aRuntimeBeyondTheLastIsRefused() {
    assertThat(failure(client.spawn(0, 7)).errno()).isEqualTo(Errno.EINVAL);
  }

  @Test
  void thousandsOfRequestsAtOnceAreAllAnswered() {
    List<CompletionStage<Stat>> stages = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      stages.add(client.stat(NEVER_SPAWNED));
    }
    assertThat(stages).allMatch(stage -> failure(stage).errno().equals(Errno.ESTALE));
  }

  private static LauncherException failure(CompletionStage<?> stage) {
    ExecutionException failure =
        assertThrows(
            ExecutionException.class, () -> stage.toCompletableFuture().get(30, TimeUnit.SECONDS));
    return (LauncherException) failure.getCause();
  }
}
