package dev.kiln.launcher;

import static dev.kiln.launcher.TestingKiln.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.linux.Errno;
import dev.kiln.linux.Linux;
import dev.kiln.linux.NativeBuffer;
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

  /** {@code READY} of the framed contract, bytes 4 and 5 of a frame's header. */
  private static final short READY = 64;

  private static TestingKiln kiln;
  private static Launcher client;

  @BeforeAll
  static void open() throws InterruptedException {
    kiln = TestingKiln.open();
    client = kiln.launcher();
  }

  @AfterAll
  static void close() {
    kiln.close();
  }

  @Test
  void itsWelcomeDescribesThisKiln() {
    assertThat(client.welcome().slots()).isPositive();
    assertThat(client.welcome().firstUid()).isGreaterThan(Linux.userId());
    assertThat(Linux.userId()).as("the tests run without privilege").isPositive();
    assertThat(Linux.isDumpable()).as("others of this user may take its descriptors").isFalse();
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

  @Test
  void aSandboxIsSpawnedGetsReadyAndIsKilled() throws Exception {
    try (Spawned spawned = get(client.spawn(2, 0))) {
      assertThat(spawned.id().slot()).isEqualTo(2);
      NativeBuffer frame = new NativeBuffer(24);
      assertThat(Linux.awaitReadable(spawned.frames(), 30_000)).isTrue();
      assertThat(Linux.read(spawned.frames(), frame, 0, 24)).isEqualTo(24);
      assertThat(frame.bytes().getShort(4)).isEqualTo(READY);
      assertThat(get(client.stat(spawned.id())).processes()).isEqualTo(1);
      assertThat(failure(client.spawn(2, 0)).errno()).isEqualTo(Errno.EBUSY);
      assertThat(Linux.awaitReadable(spawned.pidfd(), 0)).as("it lives").isFalse();
      get(client.kill(spawned.id()));
      assertThat(Linux.awaitReadable(spawned.pidfd(), 30_000)).as("it is dead").isTrue();
      assertThat(kiln.await("exited " + spawned.id())).contains("status=9, oomKills=0");
      assertThat(failure(client.stat(spawned.id())).errno()).isEqualTo(Errno.ESTALE);
    }
    try (Spawned next = get(client.spawn(2, 0))) {
      assertThat(next.id().generation()).isNotEqualTo(1);
      get(client.kill(next.id()));
      assertThat(kiln.await("exited " + next.id())).isNotNull();
    }
  }

  private static LauncherException failure(CompletionStage<?> stage) {
    ExecutionException failure =
        assertThrows(
            ExecutionException.class, () -> stage.toCompletableFuture().get(30, TimeUnit.SECONDS));
    return (LauncherException) failure.getCause();
  }
}
