package dev.kiln.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.contract.Deadline;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The book under random events, against rules that hold whatever happens. */
class CopyBookTest {

  private static final EventLoop LOOP = new DefaultEventLoop();

  /** What can happen to a template. */
  enum Event {
    ASK,
    FORK_NEXT,
    REFUSE_NEXT,
    GIVE_BACK,
    EXIT_ENDING,
    EXIT_RUNNING,
    EXIT_SPARE,
    CLEANED,
    TEMPLATE_ENDS
  }

  /** Plays the template's and the calls' part, and checks each decision. */
  private static final class Play {
    final CopyBook book;
    final int concurrency;
    final List<Copy> asked = new ArrayList<>();
    final List<Copy> spare = new ArrayList<>();
    final List<Copy> running = new ArrayList<>();
    final List<Copy> ending = new ArrayList<>();
    final List<CopyCall> waiting = new ArrayList<>();
    final Set<Copy> killed = new HashSet<>();
    boolean cleaning;
    boolean dirty;

    Play(int concurrency, int spareCopies) {
      this.book = new CopyBook(concurrency, spareCopies);
      this.concurrency = concurrency;
      book.started();
    }

    void happen(Event event) {
      switch (event) {
        case ASK -> ask();
        case FORK_NEXT -> {
          if (!asked.isEmpty()) {
            Copy copy = asked.remove(0);
            copy.arrived();
            book.forked(copy);
            spare.add(copy);
          }
        }
        case REFUSE_NEXT -> {
          if (!asked.isEmpty()) {
            book.refused(asked.remove(0));
          }
        }
        case GIVE_BACK -> {
          if (!running.isEmpty()) {
            Copy copy = running.remove(0);
            boolean alive = copy.state != Copy.State.ENDED;
            book.gaveBack(copy);
            if (alive) {
              ending.add(copy);
            }
          }
        }
        case EXIT_ENDING -> exit(ending, true);
        case EXIT_RUNNING -> exit(running, false);
        case EXIT_SPARE -> exit(spare, true);
        case CLEANED -> {
          if (cleaning) {
            cleaning = false;
            dirty = false;
            book.cleaned();
          }
        }
        case TEMPLATE_ENDS -> endTemplate();
      }
      check(book.decide(true));
    }

    private void ask() {
      CopyCall call = new CopyCall(Deadline.in(Duration.ofSeconds(1)), LOOP);
      waiting.add(call);
      book.ask(call);
    }

    private void exit(List<Copy> from, boolean remove) {
      from.stream()
          .filter(copy -> copy.state != Copy.State.ENDED)
          .findFirst()
          .ifPresent(
              copy -> {
                assertThat(book.exited(copy.number)).contains(copy);
                if (remove) {
                  from.remove(copy);
                }
              });
    }

    private void endTemplate() {
      List<Copy> left = book.ended();
      assertThat(left).containsAll(spare).containsAll(asked).containsAll(ending);
      running.forEach(copy -> copy.state = Copy.State.ENDED);
      asked.clear();
      spare.clear();
      ending.clear();
      cleaning = false;
      dirty = false;
      book.started();
    }

    private void check(CopyBook.Decision decision) {
      boolean mustClean = dirty && running.isEmpty();
      if (mustClean) {
        assertThat(decision.grants())
            .as("no call before what the last ones left is gone")
            .isEmpty();
      }
      for (CopyBook.Grant grant : decision.grants()) {
        assertThat(cleaning).as("no call while the template cleans").isFalse();
        assertThat(grant.call()).as("first come, first served").isSameAs(waiting.remove(0));
        assertThat(spare.remove(grant.copy())).as("a copy that waits").isTrue();
        running.add(grant.copy());
        dirty = true;
      }
      assertThat(running.size()).isLessThanOrEqualTo(concurrency);
      asked.addAll(decision.forks());
      assertThat(asked.size() + spare.size() + running.size())
          .as("copies alive or asked for")
          .isLessThanOrEqualTo(concurrency + concurrency);
      assertThat(killed.addAll(decision.kills())).isEqualTo(!decision.kills().isEmpty());
      if (decision.clean()) {
        assertThat(mustClean && !cleaning).as("cleans when nothing runs").isTrue();
        assertThat(killed).as("those whose call is over are killed before").containsAll(ending);
        cleaning = true;
      }
      assertThat(book.running()).isEqualTo(running.size());
      assertThat(book.waiting()).isEqualTo(waiting.size());
    }

    /** From here on the template and the calls do their part: then every call is served. */
    void settle() {
      for (int i = 0; i < 1000 && !(waiting.isEmpty() && running.isEmpty()); i++) {
        happen(Event.CLEANED);
        happen(Event.FORK_NEXT);
        happen(Event.GIVE_BACK);
        happen(Event.EXIT_ENDING);
      }
      assertThat(waiting).isEmpty();
      assertThat(running).isEmpty();
    }
  }

  @Property
  void servesEveryCallInOrderAndCleansBetweenThem(
      @ForAll @IntRange(min = 1, max = 4) int concurrency,
      @ForAll @IntRange(max = 3) int spareCopies,
      @ForAll @Size(max = 80) List<Event> events) {
    Play play = new Play(concurrency, spareCopies);
    events.forEach(play::happen);
    play.settle();
  }

  @Example
  void forksNothingAheadWhileACallIsBeingGranted() {
    CopyBook book = new CopyBook(4, 2);
    book.started();
    assertThat(book.decide(false).forks()).isEmpty();
    assertThat(book.decide(true).forks()).hasSize(2);
  }

  @Example
  void saysWhenNoCopyAtAllCouldBeMade() {
    CopyBook book = new CopyBook(4, 2);
    book.started();
    List<Copy> forks = book.decide(true).forks();
    assertThat(book.refused(forks.get(0))).isFalse();
    assertThat(book.refused(forks.get(1))).isTrue();
  }
}
