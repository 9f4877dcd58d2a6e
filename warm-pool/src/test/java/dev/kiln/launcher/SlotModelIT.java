package dev.kiln.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.launcher.RawGateway.Answer;
import dev.kiln.linux.Errno;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Random operations on slots, held against a model that knows only what the launcher has told. */
class SlotModelIT {

  private static final int PROBE = 1;
  private static final int SLOTS = 6;
  private static final int STEPS = 1500;

  private static RawGateway gateway;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final int[] generations = new int[SLOTS];
  private final Probe[] living = new Probe[SLOTS];
  private int deaths;

  @BeforeAll
  static void open() {
    gateway = new RawGateway();
    gateway.greet(PROBE);
  }

  @AfterAll
  static void close() {
    gateway.close();
  }

  @Test
  void everyAnswerIsTheModels() {
    for (int step = 0; step < STEPS; step++) {
      int slot = random.nextInt(SLOTS);
      switch (random.nextInt(5)) {
        case 0, 1 -> spawn(slot, step);
        case 2 -> kill(slot, step);
        case 3 -> count(slot, step);
        default -> askOfAnother(slot, step);
      }
    }
    for (int slot = 0; slot < SLOTS; slot++) {
      kill(slot, STEPS);
    }
    assertThat(deaths).as("seed %d", seed).isPositive();
  }

  private void spawn(int slot, int step) {
    Answer answer = gateway.ask(Operation.SPAWN, slot, 0, body -> Messages.putSpawn(body, PROBE));
    if (living[slot] != null) {
      expect(answer, Errno.EBUSY, step);
      return;
    }
    expect(answer, new Errno(0), step);
    assertThat(answer.generation())
        .as("seed %d step %d", seed, step)
        .isEqualTo(++generations[slot]);
    living[slot] = new Probe(answer.id(), answer.descriptors());
  }

  /** By the launcher, or by itself; then the slot is free, and not before it was told. */
  private void kill(int slot, int step) {
    if (living[slot] == null) {
      expect(gateway.ask(Operation.KILL.number(), slot, generations[slot]), Errno.ESTALE, step);
      return;
    }
    if (random.nextBoolean()) {
      living[slot].send("exit 3");
    } else {
      expect(gateway.ask(Operation.KILL, living[slot].id()), new Errno(0), step);
    }
    assertThat(gateway.awaitUnasked(Operation.EXITED).id())
        .as("seed %d step %d", seed, step)
        .isEqualTo(living[slot].id());
    living[slot].close();
    living[slot] = null;
    deaths++;
  }

  private void count(int slot, int step) {
    Answer answer = gateway.ask(Operation.STAT.number(), slot, generations[slot]);
    expect(answer, living[slot] == null ? Errno.ESTALE : new Errno(0), step);
  }

  private void askOfAnother(int slot, int step) {
    int generation = generations[slot] + 1 + random.nextInt(1000);
    Operation operation = random.nextBoolean() ? Operation.KILL : Operation.ATTACH;
    expect(gateway.ask(operation.number(), slot, generation), Errno.ESTALE, step);
  }

  private void expect(Answer answer, Errno errno, int step) {
    assertThat(answer.errno()).as("seed %d step %d %s", seed, step, answer).isEqualTo(errno);
  }
}
