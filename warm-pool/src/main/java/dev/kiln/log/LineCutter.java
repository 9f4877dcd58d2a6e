package dev.kiln.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts the bytes of one output into lines and drops what exceeds the budget. A line is dropped
 * whole or from some byte to its end; the bytes that were lost are counted and told with the next
 * line. Its owner's lock guards it.
 */
final class LineCutter {

  /** What a line costs beyond its bytes, so that a flood of empty lines meets the limit too. */
  static final int LINE_OVERHEAD_BYTES = 64;

  private static final byte[] NOTHING = new byte[0];
  private static final int KEPT_CAPACITY = 4096;
  private static final int MOST_CONTINUATIONS = 3;

  /** Takes a line. */
  interface Lines {
    void line(String line, long droppedBefore);
  }

  private final int maxLineBytes;
  private final ByteBudget budget;
  private final Lines lines;
  private byte[] partial = NOTHING;
  private int partialLength;
  private boolean dropping;
  private long dropped;

  LineCutter(int maxLineBytes, ByteBudget budget, Lines lines) {
    this.maxLineBytes = maxLineBytes;
    this.budget = budget;
    this.lines = lines;
  }

  /** Takes the first {@code length} bytes of {@code chunk}. */
  void accept(byte[] chunk, int length) {
    int start = 0;
    while (start < length) {
      int stop = start;
      while (stop < length && chunk[stop] != '\n') {
        stop++;
      }
      take(chunk, start, stop);
      if (stop < length) {
        endLine();
      }
      start = stop + 1;
    }
  }

  /**
   * Hands on the line that has no line feed yet, and the count of what was lost after the last
   * line.
   */
  void flush() {
    if (partialLength > 0 || dropped > 0) {
      emit();
    }
    dropping = false;
  }

  private void take(byte[] chunk, int start, int stop) {
    if (dropping || !budget.take((long) stop - start + LINE_OVERHEAD_BYTES)) {
      drop((long) stop - start);
      return;
    }
    int from = start;
    while (partialLength + stop - from > maxLineBytes) {
      int copied = append(chunk, from, from + maxLineBytes - partialLength);
      from += copied;
      cut();
    }
    append(chunk, from, stop);
  }

  private void drop(long bytes) {
    if (partialLength > 0) {
      emit();
    }
    dropping = true;
    dropped += bytes;
  }

  private void endLine() {
    if (dropping) {
      dropping = false;
      dropped++;
    } else {
      emit();
    }
  }

  private int append(byte[] chunk, int from, int to) {
    int length = to - from;
    if (partialLength + length > partial.length) {
      int wanted = Math.max(partialLength + length, Math.min(maxLineBytes, 2 * partial.length));
      partial = Arrays.copyOf(partial, wanted);
    }
    System.arraycopy(chunk, from, partial, partialLength, length);
    partialLength += length;
    return length;
  }

  /**
   * Hands on a full line; the first bytes of a character that the cut would split begin the next.
   */
  private void cut() {
    int end = characterBoundary();
    byte[] rest = Arrays.copyOfRange(partial, end, partialLength);
    partialLength = end;
    emit();
    append(rest, 0, rest.length);
  }

  private int characterBoundary() {
    for (int back = 1; back <= MOST_CONTINUATIONS + 1 && back < partialLength; back++) {
      int octet = partial[partialLength - back] & 0xff;
      if ((octet & 0xc0) != 0x80) {
        boolean complete = octet < 0x80 || back >= sequenceLength(octet);
        return complete ? partialLength : partialLength - back;
      }
    }
    return partialLength;
  }

  private static int sequenceLength(int lead) {
    return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  }

  private void emit() {
    String line = new String(partial, 0, partialLength, StandardCharsets.UTF_8);
    long lost = dropped;
    dropped = 0;
    partialLength = 0;
    if (partial.length > KEPT_CAPACITY) {
      partial = NOTHING;
    }
    lines.line(line, lost);
  }
}
