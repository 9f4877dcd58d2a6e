package dev.kiln.pool;

import dev.kiln.contract.Deadline;
import dev.kiln.contract.InvocationException.OverCapacity;
import dev.kiln.contract.StartType;
import dev.kiln.contract.framed.CopyListener;
import dev.kiln.launcher.Exit;
import dev.kiln.linux.LinuxException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * {@code fork} isolation of one version: one sandbox, whose process has initialised the function
 * and serves no call itself, forks a copy of itself for each. Copies that the {@link CopyBook}
 * wants are asked for, those that come are handed to calls, and a call that is over makes room for
 * the next.
 *
 * <p>Its own lock guards it and is held for bookkeeping only. The template has run the function's
 * own code, so it is as little trusted as any function: what it sends out of turn ends it, what it
 * does not send costs only its own version's calls their time.
 */
final class Template implements CopyListener {

  private static final Logger LOG = Logger.getLogger(Template.class);

  private final VersionStock stock;
  private final Templates host;
  private final CopyBook book;
  private @Nullable TemplateSandbox sandbox;
  private boolean starting;
  private boolean fallenBack;

  Template(VersionStock stock, Templates host) {
    this.stock = stock;
    this.host = host;
    this.book = new CopyBook(stock.version.concurrency(), host.spareCopies());
  }

  Version version() {
    return stock.version;
  }

  // ---- calls

  /** Asks for a copy; completes on {@code loop}. */
  CompletableFuture<Seat> lease(Deadline deadline, EventLoop loop) {
    CopyCall call = new CopyCall(deadline, loop);
    boolean elsewhere;
    synchronized (this) {
      elsewhere = fallenBack;
      if (!elsewhere && book.waiting() >= host.maxWaiting()) {
        return CompletableFuture.failedFuture(overCapacity("and the queue is full"));
      }
      if (!elsewhere) {
        book.ask(call);
      }
    }
    if (elsewhere) {
      host.fallBack(stock, List.of(call));
    } else {
      proceed(false);
    }
    if (!call.result.isDone()) {
      limitWait(call);
    }
    return call.result;
  }

  /** Has a sandbox started before anybody calls. */
  void prestart() {
    start(host.startDeadline(), host.nextLoop());
  }

  /** Kills a copy whose call cannot go on. */
  void kill(Copy copy) {
    Optional<TemplateSandbox> living;
    synchronized (this) {
      living = Optional.ofNullable(sandbox);
    }
    living.ifPresent(one -> one.conversation().killCopy(copy.number));
  }

  /** Takes back a copy whose call is over. */
  void giveBack(Copy copy) {
    synchronized (this) {
      book.gaveBack(copy);
    }
    proceed(true);
  }

  private void limitWait(CopyCall call) {
    long nanos = Math.max(0, host.waitNanos(call.deadline));
    Future<?> timer = call.loop.schedule(() -> waitEnded(call), nanos, TimeUnit.NANOSECONDS);
    call.result.whenComplete((seat, error) -> timer.cancel(false));
  }

  /** A call that waited for nothing but the template to fork has found a template that does not. */
  private void waitEnded(CopyCall call) {
    boolean waited;
    boolean starts;
    boolean stuck;
    synchronized (this) {
      waited = book.giveUp(call);
      starts = sandbox == null;
      stuck = waited && !starts && book.running() == 0;
    }
    if (stuck) {
      LOG.warnf("the template of %s forks no copies and is killed", stock.version.key());
      killTemplate();
    }
    call.result.completeExceptionally(
        starts && call.deadline.remainingNanos() <= 0
            ? Ending.timedOut(call.deadline.timeout())
            : overCapacity("and none came free in time"));
  }

  private OverCapacity overCapacity(String why) {
    return new OverCapacity(
        "function-concurrency",
        "All copies that " + stock.version.key() + " may run are busy, " + why + ".");
  }

  // ---- what follows from what

  /** Does what the book decides: after every event. */
  private void proceed(boolean refill) {
    borrow().ifPresent(this::templateEnded);
    CopyBook.Decision decision;
    Optional<TemplateOrders> asked;
    Optional<CopyCall> toStartFor = Optional.empty();
    Actions rest = new Actions();
    synchronized (this) {
      decision = book.decide(refill);
      TemplateSandbox living = sandbox;
      asked = Optional.ofNullable(living).map(one -> one.orders);
      asked.ifPresent(orders -> orders.add(decision));
      if (living == null && !starting) {
        toStartFor = book.firstWaiting();
      } else if (living != null && book.running() == 0 && book.waiting() == 0) {
        rest = living.rest(host);
      }
    }
    host.perform(rest);
    asked.ifPresent(TemplateOrders::send);
    decision.grants().forEach(this::deliver);
    toStartFor.ifPresent(call -> start(call.deadline, call.loop));
  }

  /**
   * Takes the template from the ledger, if a call waits; returns it if it is being evicted and of
   * no use.
   */
  private synchronized Optional<TemplateSandbox> borrow() {
    return Optional.ofNullable(sandbox).filter(living -> book.waiting() > 0 && !living.lend(host));
  }

  private void deliver(CopyBook.Grant grant) {
    EventLoop loop = grant.call().loop;
    if (loop.inEventLoop()) {
      handOut(grant.call(), grant.copy());
    } else {
      loop.execute(() -> handOut(grant.call(), grant.copy()));
    }
  }

  private void handOut(CopyCall call, Copy copy) {
    try {
      Optional<CopySeat> seat = seat(call, copy);
      if (seat.isEmpty()) {
        askAgain(call, copy);
      } else if (!call.result.complete(seat.get())) {
        seat.get().giveBack(false);
      }
    } catch (LinuxException | IllegalStateException e) {
      LOG.warnf("a copy of %s is of no use: %s", stock.version.key(), e.getMessage());
      giveBack(copy);
      call.result.completeExceptionally(Ending.violation("The copy's lines could not be watched."));
    }
  }

  /** The template ended between the decision and now. */
  private void askAgain(CopyCall call, Copy copy) {
    synchronized (this) {
      book.gaveBack(copy);
      book.ask(call);
    }
    proceed(false);
  }

  private Optional<CopySeat> seat(CopyCall call, Copy copy) {
    Holding held;
    StartType startType;
    synchronized (this) {
      TemplateSandbox living = sandbox;
      if (living == null) {
        return Optional.empty();
      }
      held = living.holding;
      startType = living.serve();
    }
    return CopySeat.take(this, copy, call, held, startType, host);
  }

  // ---- the sandbox

  private void start(Deadline deadline, EventLoop loop) {
    synchronized (this) {
      if (starting || sandbox != null) {
        return;
      }
      starting = true;
    }
    new TemplateStart(stock, host, deadline, loop)
        .begin()
        .whenComplete(
            (started, error) -> {
              if (started == null) {
                startFailed(Autopsy.unwrapped(error));
              } else {
                started(started);
              }
            });
  }

  private void started(Holding holding) {
    TemplateSandbox started = new TemplateSandbox(holding);
    synchronized (this) {
      sandbox = started;
      starting = false;
      book.started();
    }
    host.noteStart(stock, true);
    started.conversation().serveCopies(this).whenComplete((never, error) -> templateEnded(started));
    proceed(true);
  }

  /** What kept the sandbox from starting is what every call that waits for it is told. */
  private void startFailed(Throwable error) {
    List<CopyCall> failed;
    synchronized (this) {
      starting = false;
      failed = book.giveUpAll();
    }
    host.noteStart(stock, false);
    fail(failed, error);
  }

  private static void fail(List<CopyCall> calls, Throwable error) {
    calls.forEach(call -> call.loop.execute(() -> call.result.completeExceptionally(error)));
  }

  /**
   * Told when the template's conversation has ended, or sooner where it is known that it will.
   * Once. Calls that wait get another template, unless this one ended before it had served a single
   * call: another would do the same.
   */
  private void templateEnded(TemplateSandbox ended) {
    List<Copy> left;
    List<CopyCall> failed;
    synchronized (this) {
      if (ended != sandbox) {
        return;
      }
      sandbox = null;
      left = book.ended();
      failed = ended.hasServed() ? List.of() : book.giveUpAll();
    }
    left.forEach(Copy::closeDescriptors);
    ended.holding.resident().sandbox.exit().thenAccept(exit -> report(exit, left, failed));
    if (ended.isLent()) {
      host.giveBack(ended.holding);
    }
    proceed(true);
  }

  private void report(Exit exit, List<Copy> copies, List<CopyCall> calls) {
    copies.forEach(copy -> copy.exit.complete(exit));
    fail(calls, Ending.ofProcess(exit, stock.version, stock.version.key()));
  }

  private synchronized void killTemplate() {
    if (sandbox != null) {
      sandbox.kill();
    }
  }

  // ---- what the template tells

  @Override
  public void forked(long number) {
    Optional<Copy> copy;
    synchronized (this) {
      copy = book.forking(number);
      copy.ifPresent(Copy::arrived);
      copy.ifPresent(book::forked);
    }
    if (copy.isPresent()) {
      proceed(false);
    } else {
      LOG.warnf("the template of %s broke the contract and is killed", stock.version.key());
      killTemplate();
    }
  }

  @Override
  public void refused(long number, String errorType, String errorMessage) {
    boolean none;
    synchronized (this) {
      Optional<Copy> copy = book.forking(number);
      copy.ifPresent(Copy::closeDescriptors);
      none = copy.map(book::refused).orElse(false);
    }
    if (none) {
      LOG.infof("%s is served with fresh isolation: %s", stock.version.key(), errorMessage);
      fallBack();
    }
  }

  private void fallBack() {
    List<CopyCall> calls;
    synchronized (this) {
      fallenBack = true;
      calls = book.giveUpAll();
    }
    killTemplate();
    host.fallBack(stock, calls);
  }

  @Override
  public void exited(long number, int waitStatus) {
    Optional<Copy> copy;
    synchronized (this) {
      copy = book.exited(number);
    }
    copy.ifPresent(
        ended -> {
          ended.closeDescriptors();
          ended.exit.complete(new Exit(waitStatus, 0, 0, 0));
        });
    proceed(true);
  }

  @Override
  public void cleaned() {
    synchronized (this) {
      book.cleaned();
    }
    proceed(true);
  }
}
