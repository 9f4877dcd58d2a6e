package dev.kiln.pool;

import dev.kiln.contract.Deadline;
import dev.kiln.contract.StartType;
import dev.kiln.contract.framed.Conversation;
import dev.kiln.contract.framed.LoadFrame;
import dev.kiln.launcher.Exit;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.log.LogSource;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A forked copy as a seat: for one invocation, in a process that has initialised the function
 * before.
 */
final class CopySeat implements Seat {

  private static final int SIGKILL = 9;

  private final Template template;
  private final Templates host;
  private final Copy copy;
  private final Holding holding;
  private final StartType startType;
  private final long leaseMicros;
  private final Conversation conversation;
  private final LogSource logs;

  private CopySeat(
      Template template,
      Templates host,
      Copy copy,
      Holding holding,
      StartType startType,
      long leaseMicros,
      Conversation conversation,
      LogSource logs) {
    this.template = template;
    this.host = host;
    this.copy = copy;
    this.holding = holding;
    this.startType = startType;
    this.leaseMicros = leaseMicros;
    this.conversation = conversation;
    this.logs = logs;
  }

  /**
   * Takes over a copy for a call, on the call's event loop; empty if the copy has ended with its
   * template. What a template sends as outputs may be of a kind that cannot be watched.
   *
   * @param holding the template's sandbox
   * @throws dev.kiln.linux.LinuxException if so
   */
  static Optional<CopySeat> take(
      Template template,
      Copy copy,
      CopyCall call,
      Holding holding,
      StartType startType,
      Templates host) {
    List<FileDescriptor> ends = copy.handOver();
    if (ends.isEmpty()) {
      return Optional.empty();
    }
    try (FileDescriptor frames = ends.get(0)) {
      LogSource logs = host.attachLogs(holding.stock(), ends.get(1), ends.get(2));
      long waited = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - call.askedNanos);
      Conversation conversation =
          Conversation.open(frames.release(), call.loop, host.budget(), ended -> {});
      copy.exit.thenRun(conversation::peerGone); // a child of the copy may hold its socket open
      return Optional.of(
          new CopySeat(template, host, copy, holding, startType, waited, conversation, logs));
    }
  }

  @Override
  public Version version() {
    return template.version();
  }

  @Override
  public StartType startType() {
    return startType;
  }

  @Override
  public long leaseMicros() {
    return leaseMicros;
  }

  @Override
  public void attach() {}

  @Override
  public CompletableFuture<Long> attached() {
    return holding.resident().attached;
  }

  @Override
  public Conversation conversation() {
    return conversation;
  }

  @Override
  public LogSource logs() {
    return logs;
  }

  @Override
  public Optional<LoadFrame> load() {
    return Optional.empty();
  }

  @Override
  public void loaded(long initMicros) {}

  @Override
  public void kill() {
    template.kill(copy);
  }

  @Override
  public CompletionStage<Exit> exit() {
    return copy.exit.thenCompose(
        exit ->
            exit.signal() == SIGKILL
                ? host.killed(holding.resident().sandbox, exit)
                : CompletableFuture.completedFuture(exit));
  }

  @Override
  public boolean diedIdle(Exit exit) {
    return true;
  }

  @Override
  public void giveBack(boolean reusable) {
    conversation.close();
    logs.close();
    template.giveBack(copy);
  }

  @Override
  public CompletionStage<Seat> another(Deadline deadline, EventLoop loop) {
    return template.lease(deadline, loop);
  }
}
