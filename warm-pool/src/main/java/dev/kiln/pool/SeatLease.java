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
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A lease of a {@link Seat}. Everything happens on its event loop.
 *
 * <p>A sandbox may have died while it was idle, unnoticed until it is written to. The kernel tells
 * this from a death during the call: a peer that closes its socket with bytes unread resets it. So
 * what was never read, or came to a sandbox that never had the function's code, is sent once more,
 * to another seat, and the caller never sees it.
 */
final class SeatLease implements Lease {

  private static final int MOST_SENDINGS = 4;

  /** How long the launcher may take to say whether the code was there before the sandbox ended. */
  private static final long ATTACH_SECONDS = 10;

  private final EventLoop loop;
  private final CompletableFuture<Answer> result = new CompletableFuture<>();
  private Seat seat;
  private @Nullable Answer answer;
  private boolean sent;
  private int sendings = 1;
  private boolean reusable;
  private boolean held = true;
  private boolean closed;

  SeatLease(Seat seat, EventLoop loop) {
    this.seat = seat;
    this.loop = loop;
  }

  @Override
  public StartType startType() {
    return seat.startType();
  }

  @Override
  public Map<String, Long> phases() {
    Map<String, Long> phases = new LinkedHashMap<>();
    phases.put("lease", seat.leaseMicros());
    if (seat.startType() != StartType.WARM) {
      phases.put("attach", seat.attached().exceptionally(error -> 0L).getNow(0L));
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
    sendTo(seat, invocation);
    return result;
  }

  /** Sends it with a reference of its own to the event, which may be needed again. */
  private void sendTo(Seat to, Invocation invocation) {
    to.logs().begin(invocation.requestId());
    to.conversation()
        .invoke(
            to.load(),
            invocation.withEvent(invocation.event().retainedDuplicate()),
            to.version().maxAnswerBytes())
        .whenComplete((received, error) -> received(invocation, received, error));
    to.attach();
  }

  private void received(
      Invocation invocation, @Nullable Answer received, @Nullable Throwable error) {
    if (received != null) {
      answer = received;
      seat.loaded(received.initMicros());
      reusable = true;
      result.complete(received);
    } else if (error instanceof ConversationException broken) {
      broken(invocation, broken);
    } else if (error instanceof OfFunction failed) {
      failed(failed);
    } else {
      result.completeExceptionally(new OfEngine("The sandbox could not be asked: " + error));
    }
  }

  private void failed(OfFunction failed) {
    reusable = failed.fault() != Fault.INIT_FAILED;
    if (reusable) {
      seat.loaded(0);
    }
    result.completeExceptionally(failed);
  }

  private void broken(Invocation invocation, ConversationException broken) {
    seat.kill();
    seat.attached()
        .copy()
        .orTimeout(ATTACH_SECONDS, TimeUnit.SECONDS)
        .whenCompleteAsync(
            (micros, failure) -> {
              if (failure == null) {
                examine(invocation, broken);
              } else {
                neverRun(invocation, Autopsy.unwrapped(failure));
              }
            },
            loop);
  }

  /** All stems die at once when their zygote does, and a call may come before that is known. */
  private void neverRun(Invocation invocation, Throwable why) {
    if (why instanceof StemDiedException && mayBeSentAgain()) {
      sendElsewhere(invocation);
    } else {
      result.completeExceptionally(
          why instanceof OfEngine ? why : new OfEngine("No sandbox could be made ready."));
    }
  }

  private boolean mayBeSentAgain() {
    sendings++;
    return sendings <= MOST_SENDINGS;
  }

  private void examine(Invocation invocation, ConversationException broken) {
    Autopsy autopsy =
        new Autopsy(seat.version(), invocation.requestId(), invocation.deadline().timeout());
    if (broken.end() == End.UNREAD && mayBeSentAgain()) {
      Autopsy.exit(seat.exit(), loop).thenAccept(exit -> unread(invocation, exit, autopsy));
    } else {
      autopsy.examine(broken, seat.exit(), loop).thenAccept(result::completeExceptionally);
    }
  }

  private void unread(Invocation invocation, Optional<Exit> exit, Autopsy autopsy) {
    if (exit.filter(seat::diedIdle).isPresent()) {
      sendElsewhere(invocation);
    } else {
      result.completeExceptionally(autopsy.explain(exit));
    }
  }

  private void sendElsewhere(Invocation invocation) {
    giveBack();
    seat.another(invocation.deadline(), loop)
        .whenComplete((again, error) -> sendAgain(invocation, again, error));
  }

  private void sendAgain(Invocation invocation, @Nullable Seat again, @Nullable Throwable error) {
    if (again == null) {
      result.completeExceptionally(Autopsy.unwrapped(error));
      return;
    }
    seat = again;
    held = true;
    if (closed) {
      giveBack();
      result.completeExceptionally(new OfEngine("The lease was closed during the invocation."));
    } else {
      sendTo(again, invocation);
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
      seat.logs().end();
      seat.giveBack(reusable);
    }
  }
}
