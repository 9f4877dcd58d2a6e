package dev.kiln.pool;

import dev.kiln.contract.Deadline;
import dev.kiln.contract.StartType;
import dev.kiln.contract.framed.Conversation;
import dev.kiln.contract.framed.LoadFrame;
import dev.kiln.launcher.Exit;
import dev.kiln.log.LogSource;
import dev.kiln.sandbox.Sandbox;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A forked copy as a seat: for one invocation, in a process that has initialised the function
 * before.
 */
final class CopySeat implements Seat {

  private final Template template;
  private final Copy copy;
  private final Sandbox sandbox;
  private final StartType startType;
  private final long leaseMicros;
  private final long attachMicros;
  private final Conversation conversation;
  private final LogSource logs;

  CopySeat(
      Template template,
      Copy copy,
      Sandbox sandbox,
      StartType startType,
      long leaseMicros,
      long attachMicros,
      Conversation conversation,
      LogSource logs) {
    this.template = template;
    this.copy = copy;
    this.sandbox = sandbox;
    this.startType = startType;
    this.leaseMicros = leaseMicros;
    this.attachMicros = attachMicros;
    this.logs = logs;
    this.conversation = conversation;
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
  public long attachMicros() {
    return attachMicros;
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
    return template.exit(copy, sandbox);
  }

  @Override
  public boolean diedIdle(Exit exit) {
    return true;
  }

  @Override
  public void giveBack(boolean reusable) {
    conversation.close();
    logs.close();
    template.giveBack(copy, reusable);
  }

  @Override
  public CompletionStage<Seat> another(Deadline deadline, EventLoop loop) {
    return template.lease(deadline, loop);
  }
}
