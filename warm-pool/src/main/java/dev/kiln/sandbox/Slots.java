package dev.kiln.sandbox;

import java.util.OptionalInt;

/**
 * The slots that hold no sandbox. The one that was emptied last is used first: its groups' files
 * are warm, and a small load touches few slots. Guarded by its user's lock.
 */
public final class Slots {

  private final int[] free;
  private int count;

  /** Begins with all of {@code total} slots free. */
  public Slots(int total) {
    free = new int[total];
    count = total;
    for (int i = 0; i < total; i++) {
      free[i] = total - 1 - i;
    }
  }

  /** Takes a slot, if one is free. */
  public OptionalInt take() {
    return count == 0 ? OptionalInt.empty() : OptionalInt.of(free[--count]);
  }

  /** Gives back a slot that was taken. */
  public void giveBack(int slot) {
    if (count == free.length) {
      throw new IllegalStateException("slot " + slot + " was given back twice");
    }
    free[count++] = slot;
  }

  public int free() {
    return count;
  }

  public int total() {
    return free.length;
  }
}
