package dev.kiln.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.linux.Errno;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.NativeBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LauncherClientTest {

  private static final byte[] BUILD = Build.id();
  private static final SandboxId SANDBOX = new SandboxId(3, 17);

  private final TestingLauncher launcher = new TestingLauncher();
  private final Heard heard = new Heard();

  @AfterEach
  void close() {
    launcher.close();
  }

  private LauncherClient open() {
    launcher.welcome();
    LauncherClient client = LauncherClient.open(launcher.socket(), BUILD);
    launcher.receive();
    client.listen(heard);
    return client;
  }

  @Test
  void greetsWithProtocolAndBuild() {
    launcher.welcome();
    try (LauncherClient client = LauncherClient.open(launcher.socket(), BUILD)) {
      ByteBuffer hello = launcher.receive();
      assertThat(hello.getInt(0)).isEqualTo(1);
      assertThat(hello.getInt(16)).isEqualTo(Messages.PROTOCOL);
      byte[] build = new byte[32];
      hello.get(20, build);
      assertThat(build).isEqualTo(BUILD);
      assertThat(client.welcome()).isEqualTo(new Welcome(100, 200_000, 1, 1, 7));
    }
  }

  @Test
  void aLauncherOfAnotherBuildIsRefusedAndItsSocketClosed() {
    launcher
        .reply(1, 1, 0, 0)
        .putInt(16, -Errno.EPROTO.number())
        .putInt(20, Step.MESSAGE.ordinal());
    launcher.send();
    FileDescriptor socket = launcher.socket();
    LauncherException refusal =
        assertThrows(LauncherException.class, () -> LauncherClient.open(socket, BUILD));
    assertThat(refusal).hasMessage("launcher: hello slot 0: check message: EPROTO");
    assertThat(refusal.errno()).isEqualTo(Errno.EPROTO);
    assertThat(socket.isOpen()).isFalse();
  }

  @Test
  void aLauncherThatEndsWhileGreetedIsRefused() {
    launcher.close();
    assertThatThrownBy(() -> LauncherClient.open(launcher.socket(), BUILD))
        .isInstanceOf(RuntimeException.class);
  }

  @Test
  void whatCameBeforeTheWelcomeIsHeardFirst() throws InterruptedException {
    launcher.reply(66, 0, 0, 0).putInt(24, 2).putInt(28, 31_000);
    launcher.send();
    try (LauncherClient client = open()) {
      launcher.reply(65, 0, 0, 0).putInt(24, -1);
      launcher.send();
      assertThat(client.welcome().runtimes()).isEqualTo(1);
      assertThat(heard.next()).isEqualTo("up OptionalInt[2] PT0.031S");
      assertThat(heard.next()).isEqualTo("down OptionalInt.empty");
    }
  }

  @Test
  void aSpawnedSandboxComesWithItsDescriptorsInOrder() throws Exception {
    try (LauncherClient client = open();
        Linux.Pair output = Linux.pipe();
        Linux.Pair frames = Linux.socketPair(Linux.SocketType.STREAM)) {
      CompletionStage<Spawned> stage = client.spawn(3, 0);
      ByteBuffer request = launcher.receive();
      assertThat(request.getInt(8)).isEqualTo(3);
      launcher.replyTo(request).putInt(12, 17).putInt(24, 250).putInt(28, 400);
      launcher.send(frames.first(), frames.first(), frames.first(), output.first(), output.first());
      try (Spawned spawned = get(stage)) {
        assertThat(spawned.id()).isEqualTo(SANDBOX);
        assertThat(spawned.cloneMicros()).isEqualTo(250);
        assertThat(spawned.totalMicros()).isEqualTo(400);
        Linux.write(output.second(), new NativeBuffer(1), 0, 1);
        assertThat(Linux.awaitReadable(spawned.stdout(), 0)).isTrue();
        assertThat(Linux.awaitReadable(spawned.frames(), 0)).isFalse();
      }
    }
  }

  @Test
  void aSpawnWithoutAllItsDescriptorsFails() throws Exception {
    try (LauncherClient client = open();
        Linux.Pair output = Linux.pipe()) {
      CompletionStage<Spawned> stage = client.spawn(3, 0);
      launcher.replyTo(launcher.receive());
      launcher.send(output.first(), output.second());
      assertThatThrownBy(() -> get(stage))
          .hasRootCauseMessage("launcher sent 2 descriptors instead of 5");
      assertThat(get(answeredStat(client)).processes())
          .as("and the conversation goes on")
          .isEqualTo(4);
    }
  }

  @Test
  void aRefusalNamesStepAndErrno() {
    try (LauncherClient client = open()) {
      CompletionStage<Void> stage =
          client.attach(SANDBOX, "ab".repeat(32), Optional.empty(), 1 << 20);
      launcher.replyTo(launcher.receive()).putInt(16, -116).putInt(20, Step.SLOT.ordinal());
      launcher.send();
      ExecutionException failure = assertThrows(ExecutionException.class, () -> get(stage));
      assertThat(failure.getCause())
          .isInstanceOfSatisfying(
              LauncherException.class,
              e -> {
                assertThat(e.errno()).isEqualTo(Errno.ESTALE);
                assertThat(e.step()).isEqualTo("check slot");
                assertThat(e).hasMessage("launcher: attach slot 3: check slot: ESTALE");
              });
    }
  }

  @Test
  void answersOutOfOrderReachTheirAskers() throws Exception {
    try (LauncherClient client = open()) {
      CompletionStage<Void> first = client.kill(SANDBOX);
      CompletionStage<Stat> second = client.stat(SANDBOX);
      int killed = launcher.receive().getInt(4);
      ByteBuffer stat = launcher.receive();
      launcher
          .replyTo(stat)
          .putLong(24, 11)
          .putLong(32, 22)
          .putLong(40, 33)
          .putInt(48, 4)
          .putInt(52, 5);
      launcher.send();
      assertThat(get(second)).isEqualTo(new Stat(11, 22, 33, 4, 5));
      assertThat(first.toCompletableFuture()).isNotDone();
      launcher.reply(5, killed, 3, 17);
      launcher.send();
      get(first);
    }
  }

  @Test
  void socketsComeAsMany() throws Exception {
    try (LauncherClient client = open();
        Linux.Pair pair = Linux.socketPair(Linux.SocketType.STREAM)) {
      CompletionStage<List<FileDescriptor>> stage = client.sockets(SANDBOX, 2);
      ByteBuffer request = launcher.receive();
      assertThat(request.getInt(16)).isEqualTo(2);
      launcher.replyTo(request);
      launcher.send(pair.first(), pair.second());
      List<FileDescriptor> sockets = get(stage);
      assertThat(sockets).hasSize(2);
      sockets.forEach(FileDescriptor::close);
      assertThatThrownBy(() -> client.sockets(SANDBOX, 5))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void anExitIsHeard() throws InterruptedException {
    LauncherClient client = open();
    launcher.reply(64, 0, 3, 17).putInt(24, 9).putInt(28, 1).putLong(32, 1000).putLong(40, 2000);
    launcher.send();
    assertThat(heard.next())
        .isEqualTo("exited 3.17 Exit[status=9, oomKills=1, memoryPeakBytes=1000, cpuMicros=2000]");
    client.close();
  }

  @Test
  void moreRequestsThanMayBeUnderWayWaitTheirTurn() throws Exception {
    int all = 1000;
    try (LauncherClient client = open()) {
      List<CompletionStage<Void>> stages = new ArrayList<>();
      for (int slot = 0; slot < all; slot++) {
        stages.add(client.kill(new SandboxId(slot, 1)));
      }
      for (int slot = 0; slot < all; slot++) {
        ByteBuffer request = launcher.receive();
        assertThat(request.getInt(8)).as("in order").isEqualTo(slot);
        launcher.replyTo(request);
        launcher.send();
      }
      for (CompletionStage<Void> stage : stages) {
        get(stage);
      }
      assertThat(launcher.hasRequest()).isFalse();
    }
  }

  @Test
  void anAnswerThatIsLateForHundredsOfOthersIsStillTakenForItsOwn() throws Exception {
    try (LauncherClient client = open()) {
      CompletionStage<Void> slow = client.kill(SANDBOX);
      int sequence = launcher.receive().getInt(4);
      for (int i = 0; i < 300; i++) {
        assertThat(get(answeredStat(client)).processes()).isEqualTo(4);
      }
      assertThat(slow.toCompletableFuture()).isNotDone();
      launcher.reply(5, sequence, 3, 17);
      launcher.send();
      get(slow);
    }
  }

  @Test
  void anAnswerThatNobodyAskedForIsIgnored() throws Exception {
    try (LauncherClient client = open();
        Linux.Pair pair = Linux.pipe()) {
      launcher.reply(5, 4711, 3, 17);
      launcher.send(pair.first());
      assertThat(get(answeredStat(client)).processes()).isEqualTo(4);
    }
  }

  @Test
  void theLaunchersEndFailsWhatIsUnansweredAndWhatComes() throws Exception {
    try (LauncherClient client = open()) {
      CompletionStage<Stat> unanswered = client.stat(SANDBOX);
      launcher.close();
      assertThatThrownBy(() -> get(unanswered)).hasMessageContaining("launcher is gone: ESHUTDOWN");
      assertThat(heard.next()).isEqualTo("gone");
      assertThatThrownBy(() -> get(client.stat(SANDBOX))).hasMessageContaining("ESHUTDOWN");
    }
    assertThat(heard.isEmpty()).as("told once").isTrue();
  }

  @Test
  void aListenersFaultDeafensNobody() throws Exception {
    launcher.welcome();
    try (LauncherClient client = LauncherClient.open(launcher.socket(), BUILD)) {
      launcher.receive();
      client.listen(heard.failingOn("down", new IllegalStateException("the listener's fault")));
      launcher.reply(65, 0, 0, 0);
      launcher.send();
      assertThat(get(answeredStat(client)).processes()).isEqualTo(4);
    }
    assertThat(heard.next()).isEqualTo("gone");
  }

  @Test
  void aPacketThatIsNoReplyEndsTheConversation() throws InterruptedException {
    try (LauncherClient client = open()) {
      launcher.sendShort();
      assertThat(heard.next()).isEqualTo("gone");
      assertThatThrownBy(() -> get(client.stat(SANDBOX))).hasMessageContaining("ESHUTDOWN");
    }
  }

  @Test
  void closingEndsTheThreadAndTheSocketAndIsHarmlessTwice() throws InterruptedException {
    LauncherClient client = open();
    CompletionStage<Stat> unanswered = client.stat(SANDBOX);
    client.close();
    client.close();
    assertThatThrownBy(() -> get(unanswered)).hasMessageContaining("ESHUTDOWN");
    assertThat(heard.next()).isEqualTo("gone");
    assertThat(launcher.socket().isOpen()).isFalse();
  }

  @Test
  void isNotAskedBeforeItIsListenedTo() {
    launcher.welcome();
    try (LauncherClient client = LauncherClient.open(launcher.socket(), BUILD)) {
      assertThatThrownBy(() -> client.stat(SANDBOX)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void isListenedToOnce() {
    try (LauncherClient client = open()) {
      assertThatThrownBy(() -> client.listen(heard)).isInstanceOf(IllegalStateException.class);
    }
  }

  private CompletionStage<Stat> answeredStat(LauncherClient client) {
    CompletionStage<Stat> stage = client.stat(SANDBOX);
    launcher.replyTo(launcher.receive()).putInt(48, 4);
    launcher.send();
    return stage;
  }

  private static <T> T get(CompletionStage<T> stage) throws ExecutionException {
    try {
      return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
