package dev.kiln.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The books of one template: its copies, and the calls that wait for one. Each method notes an
 * event; {@link #decide} then says what follows. Guarded by its template's lock.
 *
 * <p>A copy whose call is over is killed, which the template waits for before it does anything
 * else. While no copy runs, what copies may have left is removed before the next call gets one: so
 * once the last of several calls is over the template cleans up, and then the next call is served.
 */
final class CopyBook {

  /** A copy for a call. */
  record Grant(CopyCall call, Copy copy) {}

  /**
   * What is to be done. What the template is asked for, it is asked for in the order of the
   * components.
   *
   * @param kills copies to be killed, if they have not ended
   * @param clean whether the template is to clean up
   * @param forks copies to be asked for
   */
  record Decision(List<Grant> grants, List<Copy> kills, boolean clean, List<Copy> forks) {

    boolean asksTemplate() {
      return clean || !kills.isEmpty() || !forks.isEmpty();
    }
  }

  private final int concurrency;
  private final int spare;
  private final ArrayDeque<CopyCall> waiting = new ArrayDeque<>();
  private final ArrayDeque<Copy> spares = new ArrayDeque<>();
  private final Map<Long, Copy> copies = new HashMap<>();
  private final List<Copy> over = new ArrayList<>();
  private boolean serving;
  private boolean used;
  private boolean cleaning;
  private int forking;
  private int running;
  private long last;

  /**
   * Begins without a template.
   *
   * @param concurrency how many copies may run at once
   * @param spare how many are kept ahead
   */
  CopyBook(int concurrency, int spare) {
    this.concurrency = concurrency;
    this.spare = spare;
  }

  int waiting() {
    return waiting.size();
  }

  int running() {
    return running;
  }

  Optional<CopyCall> firstWaiting() {
    return Optional.ofNullable(waiting.peek());
  }

  void ask(CopyCall call) {
    waiting.add(call);
  }

  /** Takes a call out of the line; false if it is not there. */
  boolean giveUp(CopyCall call) {
    return waiting.remove(call);
  }

  /** Takes every call out of the line. */
  List<CopyCall> giveUpAll() {
    List<CopyCall> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  /** Notes that a template serves. */
  void started() {
    serving = true;
  }

  /**
   * Notes that the template is gone, and all its copies with it; returns those that had not been
   * seen to end. Calls that had copies count as running until they give them back.
   */
  List<Copy> ended() {
    List<Copy> left = List.copyOf(copies.values());
    copies.clear();
    spares.clear();
    over.clear();
    serving = false;
    used = false;
    cleaning = false;
    forking = 0;
    return left;
  }

  /** Returns the copy of that number that was asked for and has not come. */
  Optional<Copy> forking(long number) {
    return Optional.ofNullable(copies.get(number)).filter(copy -> copy.state == Copy.State.FORKING);
  }

  /** Notes that a copy waits for its call. */
  void forked(Copy copy) {
    forking--;
    spares.add(copy);
  }

  /** Notes that a copy was not made; true if there is none at all now. */
  boolean refused(Copy copy) {
    forking--;
    copies.remove(copy.number);
    return copies.isEmpty();
  }

  /** Notes that a call is over. Of a copy whose template has ended since nothing is to be noted. */
  void gaveBack(Copy copy) {
    if (copies.get(copy.number) == copy) {
      copy.state = Copy.State.ENDING;
      over.add(copy);
    }
    running--;
  }

  /** Notes that a copy has ended; returns it. */
  Optional<Copy> exited(long number) {
    Copy copy = copies.remove(number);
    if (copy == null) {
      return Optional.empty();
    }
    switch (copy.state) {
      case FORKING -> forking--;
      case SPARE -> spares.remove(copy);
      case RUNNING, ENDING, ENDED -> {}
    }
    copy.state = Copy.State.ENDED;
    return Optional.of(copy);
  }

  /** Notes that what copies left is gone. */
  void cleaned() {
    cleaning = false;
    used = false;
  }

  /**
   * Decides what follows.
   *
   * @param refill whether copies may be forked ahead now; calls that wait have them forked in any
   *     case
   */
  Decision decide(boolean refill) {
    List<Grant> grants = new ArrayList<>(1);
    List<Copy> forks = new ArrayList<>(1);
    List<Copy> kills = List.copyOf(over);
    over.clear();
    boolean dirty = used && running == 0;
    boolean clean = serving && dirty && !cleaning;
    cleaning |= clean;
    if (serving && !dirty && !cleaning) {
      while (running < concurrency && !waiting.isEmpty() && !spares.isEmpty()) {
        grants.add(grant());
      }
    }
    int wanted = Math.min(concurrency - running, waiting.size() + (refill ? spare : 0));
    while (serving && forking + spares.size() < wanted) {
      forks.add(fork());
    }
    return new Decision(grants, kills, clean, forks);
  }

  private Grant grant() {
    Copy copy = spares.remove();
    copy.state = Copy.State.RUNNING;
    running++;
    used = true;
    return new Grant(waiting.remove(), copy);
  }

  private Copy fork() {
    Copy copy = new Copy(++last);
    copies.put(copy.number, copy);
    forking++;
    return copy;
  }
}
