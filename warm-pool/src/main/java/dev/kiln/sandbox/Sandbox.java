package dev.kiln.sandbox;

import dev.kiln.contract.framed.Conversation;
import dev.kiln.contract.framed.ConversationException;
import dev.kiln.contract.framed.PayloadBudget;
import dev.kiln.launcher.Exit;
import dev.kiln.launcher.Launcher;
import dev.kiln.launcher.SandboxId;
import dev.kiln.launcher.Spawned;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.LinuxException;
import dev.kiln.linux.NativeBuffer;
import dev.kiln.log.LogSource;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox and all that its owner holds of it. Its state is changed by compare-and-set, so of two
 * that want it one gets it; whoever moved it to {@link SandboxState#BUSY} owns the conversation
 * until it gives it back.
 */
public final class Sandbox {

  private static final Logger LOG = Logger.getLogger(Sandbox.class);

  /** As frames.h has it. */
  private static final byte BELL_FRAME = 1;

  private static final NativeBuffer BELL = bell();

  private final SandboxId id;
  private final int runtime;
  private final Launcher launcher;
  private final TransitionCounts counts;
  private final Conversation conversation;
  private final CompletionStage<Long> ready;
  private final FileDescriptor channels;
  private final FileDescriptor stdout;
  private final FileDescriptor stderr;
  private final AtomicReference<SandboxState> state = new AtomicReference<>(SandboxState.STARTING);
  private final CompletableFuture<Exit> exit = new CompletableFuture<>();
  private volatile @Nullable LogSource logs;

  /**
   * Takes over a sandbox that has just been forked, and begins to talk to it on {@code loop}.
   *
   * @param onEnd told once, on the conversation's loop, when the conversation has ended
   */
  public Sandbox(
      Spawned spawned,
      int runtime,
      Launcher launcher,
      TransitionCounts counts,
      EventLoop loop,
      long readyNanos,
      PayloadBudget budget,
      BiConsumer<Sandbox, ConversationException> onEnd) {
    this.id = spawned.id();
    this.runtime = runtime;
    this.launcher = launcher;
    this.counts = counts;
    this.channels = spawned.channels();
    this.stdout = spawned.stdout();
    this.stderr = spawned.stderr();
    spawned.pidfd().close();
    Linux.setNonBlocking(spawned.frames());
    Conversation.Newborn newborn =
        Conversation.openNewborn(
            spawned.frames().release(),
            loop,
            readyNanos,
            budget,
            reason -> onEnd.accept(this, reason));
    this.conversation = newborn.conversation();
    this.ready = newborn.ready();
  }

  public SandboxId id() {
    return id;
  }

  /** Returns the runtime's index in the launcher's command line. */
  public int runtime() {
    return runtime;
  }

  public Conversation conversation() {
    return conversation;
  }

  /** Completes, with the microseconds that <em>enter</em> took, once it is locked down. */
  public CompletionStage<Long> ready() {
    return ready;
  }

  public SandboxState state() {
    return state.get();
  }

  /** Changes the state from {@code from} to {@code to}, unless it is no longer {@code from}. */
  public boolean move(SandboxState from, SandboxState to) {
    if (!from.next().contains(to)) {
      throw new IllegalStateException("a sandbox that is " + from + " never becomes " + to);
    }
    boolean moved = state.compareAndSet(from, to);
    if (moved) {
      counts.count(from, to);
    }
    return moved;
  }

  /**
   * Has it run the dummy calls that touch what a first call touches. Only before it has code: until
   * then it waits for a bell, not for frames.
   */
  public CompletionStage<Long> warm(long timeoutNanos) {
    CompletionStage<Long> warmed = conversation.warm(timeoutNanos);
    ring();
    return warmed;
  }

  /** One that cannot be rung has ended, which its conversation tells. */
  private synchronized void ring() {
    try {
      if (channels.isOpen()) {
        Linux.write(channels, BELL, 0, BELL.capacity());
      }
    } catch (LinuxException e) {
      LOG.debugf("sandbox %s: %s", id, e.getMessage());
    }
  }

  private static NativeBuffer bell() {
    NativeBuffer bell = new NativeBuffer(1);
    bell.bytes().put(0, BELL_FRAME);
    return bell;
  }

  /** Returns the socket over which a template passes the descriptors of its copies. */
  public FileDescriptor channels() {
    return channels;
  }

  /**
   * Has the outputs read, from now on for one function.
   *
   * @throws IllegalStateException if the sandbox is gone
   */
  public synchronized void attachLogs(LogAttachment attachment) {
    if (!stdout.isOpen()) {
      throw new IllegalStateException("sandbox " + id + " is gone");
    }
    logs = attachment.attach(stdout, stderr);
  }

  /** Begins to read a sandbox's outputs. */
  @FunctionalInterface
  public interface LogAttachment {
    LogSource attach(FileDescriptor stdout, FileDescriptor stderr);
  }

  /**
   * Returns what reads the outputs.
   *
   * @throws IllegalStateException before {@link #attachLogs}
   */
  public LogSource logs() {
    LogSource attached = logs;
    if (attached == null) {
      throw new IllegalStateException("sandbox " + id + " has no logs yet");
    }
    return attached;
  }

  /**
   * Completes, on the launcher's thread, when the sandbox is gone and its last output has been
   * read.
   */
  public CompletionStage<Exit> exit() {
    return exit;
  }

  /** Kills it and ends the conversation. Of many calls the first has an effect. */
  public void kill() {
    if (becomeDying()) {
      launcher.kill(id).whenComplete((done, error) -> reportKill(error));
      conversation.close();
    }
  }

  /** Is told that the launcher has seen it end and its slot is clean. */
  public void gone(Exit how) {
    becomeDying();
    move(SandboxState.DYING, SandboxState.GONE);
    conversation.peerGone();
    closeDescriptors();
    exit.complete(how);
  }

  private boolean becomeDying() {
    SandboxState now = state.get();
    while (now.isAlive()) {
      if (move(now, SandboxState.DYING)) {
        return true;
      }
      now = state.get();
    }
    return false;
  }

  private synchronized void closeDescriptors() {
    channels.close();
    LogSource attached = logs;
    if (attached == null) {
      stdout.close();
      stderr.close();
    } else {
      attached.close();
    }
  }

  /** A sandbox that is dead already cannot be killed: its end is reported all the same. */
  private void reportKill(@Nullable Throwable error) {
    if (error != null) {
      LOG.debugf("sandbox %s: %s", id, error.getMessage());
    }
  }

  @Override
  public String toString() {
    return "sandbox " + id + " (" + state.get() + ")";
  }
}
