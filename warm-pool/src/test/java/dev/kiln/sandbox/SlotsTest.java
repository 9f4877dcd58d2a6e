package dev.kiln.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Slots against a set of those that are taken. */
class SlotsTest {

  @Property
  void givesEachSlotToOneAtATime(
      @ForAll @IntRange(min = 1, max = 9) int total, @ForAll List<Boolean> takes) {
    Slots slots = new Slots(total);
    Set<Integer> taken = new HashSet<>();
    Deque<Integer> order = new ArrayDeque<>();
    for (boolean take : takes) {
      if (take) {
        OptionalInt slot = slots.take();
        assertThat(slot.isPresent()).isEqualTo(taken.size() < total);
        slot.ifPresent(
            number -> {
              assertThat(number).isBetween(0, total - 1);
              assertThat(taken.add(number)).as("slot %d was free", number).isTrue();
              order.push(number);
            });
      } else if (!order.isEmpty()) {
        taken.remove(order.peek());
        slots.giveBack(order.pop());
      }
      assertThat(slots.free()).isEqualTo(total - taken.size());
    }
  }

  @Example
  void takesTheSlotAgainThatWasEmptiedLast() {
    Slots slots = new Slots(3);
    int first = slots.take().getAsInt();
    int second = slots.take().getAsInt();
    slots.giveBack(first);
    slots.giveBack(second);
    assertThat(slots.take()).hasValue(second);
  }

  @Example
  void noticesASlotThatIsGivenBackTwice() {
    Slots slots = new Slots(1);
    assertThatThrownBy(() -> slots.giveBack(0)).isInstanceOf(IllegalStateException.class);
  }
}
