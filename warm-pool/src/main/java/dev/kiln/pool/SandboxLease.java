package dev.kiln.pool;

import dev.kiln.contract.Answer;
import dev.kiln.contract.Invocation;
import dev.kiln.contract.InvocationException.Fault;
import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.contract.InvocationException.OfFunction;
import dev.kiln.contract.StartType;
import dev.kiln.contract.framed.ConversationException;
import dev.kiln.contract.framed.ConversationException.End;
import dev.kiln.launcher.Exit;
import dev.kiln.sandbox.Sandbox;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A lease of a whole sandbox. Everything happens on its event loop.
 *
 * <p>A sandbox may have died while it was idle, unnoticed until it is written to. The kernel tells
 * this from a death during the call: a peer that closes its socket with bytes unread resets it. So
 * what was never read is sent once more, to another sandbox, and the caller never sees it.
 */
final class SandboxLease implements Lease {

  private final WarmPool pool;
  private final EventLoop loop;
  private final CompletableFuture<Answer> result = new CompletableFuture<>();
  private Holding holding;
  private @Nullable Answer answer;
  private boolean sent;
  private boolean sentAgain;
  private boolean reusable;
  private boolean held = true;
  private boolean closed;

  SandboxLease(Holding holding, WarmPool pool, EventLoop loop) {
    this.holding = holding;
    this.pool = pool;
    this.loop = loop;
  }

  @Override
  public StartType startType() {
    return holding.startType();
  }

  @Override
  public Map<String, Long> phases() {
    Map<String, Long> phases = new LinkedHashMap<>();
    phases.put("lease", holding.leaseMicros());
    if (holding.startType() != StartType.WARM) {
      phases.put("attach", holding.attachMicros());
    }
    if (answer != null) {
      phases.put("init", answer.initMicros());
      phases.put("handler", answer.handlerMicros());
    }
    return phases;
  }

  @Override
  public CompletionStage<Answer> send(Invocation invocation) {
    ByteBuf event = invocation.event();
    if (sent || closed) {
      event.release();
      throw new IllegalStateException("a lease sends one invocation");
    }
    sent = true;
    result.whenComplete((done, error) -> event.release());
    sendTo(holding.resident(), invocation);
    return result;
  }

  /** Sends it with a reference of its own to the event, which may be needed again. */
  private void sendTo(Resident resident, Invocation invocation) {
    resident.sandbox.logs().begin(invocation.requestId());
    resident
        .sandbox
        .conversation()
        .invoke(
            resident.loaded ? Optional.empty() : Optional.of(holding.stock().load),
            invocation.withEvent(invocation.event().retainedDuplicate()),
            holding.stock().version.maxAnswerBytes())
        .whenComplete((received, error) -> received(invocation, received, error));
  }

  private void received(
      Invocation invocation, @Nullable Answer received, @Nullable Throwable error) {
    if (received != null) {
      answered(holding.resident(), received);
      result.complete(received);
    } else if (error instanceof ConversationException broken) {
      broken(invocation, broken);
    } else if (error instanceof OfFunction failed) {
      reusable = failed.fault() != Fault.INIT_FAILED;
      holding.resident().loaded = reusable;
      result.completeExceptionally(failed);
    } else {
      result.completeExceptionally(new OfEngine("The sandbox could not be asked: " + error));
    }
  }

  private void answered(Resident resident, Answer received) {
    answer = received;
    reusable = true;
    if (!resident.loaded) {
      resident.loaded = true;
      resident.initMicros = received.initMicros();
    }
  }

  private void broken(Invocation invocation, ConversationException broken) {
    Sandbox sandbox = holding.resident().sandbox;
    if (broken.end() == End.UNREAD && !sentAgain) {
      sandbox.kill();
      Autopsy.exit(sandbox, loop)
          .thenAccept(
              exit -> {
                if (exit.filter(this::diedIdle).isPresent()) {
                  sendElsewhere(invocation);
                } else {
                  fail(invocation, sandbox, broken);
                }
              });
    } else {
      fail(invocation, sandbox, broken);
    }
  }

  private void fail(Invocation invocation, Sandbox sandbox, ConversationException broken) {
    new Autopsy(holding.stock().version, invocation.requestId(), invocation.deadline().timeout())
        .examine(sandbox, broken, loop)
        .thenAccept(result::completeExceptionally);
  }

  /**
   * Tells whether a sandbox that left its message unread may have died before it came. One that had
   * to initialise the function may have died of that instead, and of its own doing, which its end
   * tells.
   */
  private boolean diedIdle(Exit exit) {
    boolean ofItself =
        exit.oomKills() > 0 || exit.exited() || (exit.signal() != 0 && exit.signal() != 9);
    return holding.resident().loaded || !ofItself;
  }

  private void sendElsewhere(Invocation invocation) {
    sentAgain = true;
    giveBack();
    pool.acquire(holding.stock(), invocation.deadline(), loop)
        .whenComplete((again, error) -> sendAgain(invocation, again, error));
  }

  private void sendAgain(
      Invocation invocation, @Nullable Holding again, @Nullable Throwable error) {
    if (again == null) {
      result.completeExceptionally(error);
      return;
    }
    holding = again;
    held = true;
    if (closed) {
      giveBack();
      result.completeExceptionally(new OfEngine("The lease was closed during the invocation."));
    } else {
      sendTo(again.resident(), invocation);
    }
  }

  @Override
  public void close() {
    if (!loop.inEventLoop()) {
      loop.execute(this::close);
    } else if (!closed) {
      closed = true;
      giveBack();
    }
  }

  private void giveBack() {
    if (held) {
      held = false;
      holding.resident().sandbox.logs().end();
      pool.giveBack(holding, reusable);
    }
  }
}
