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

  /**
   * Takes the first {@code length} bytes of {@code chunk}; false if some of them were lost. Where
   * one line exceeds the budget, all that follows in the chunk is lost with it: whoever prints
   * without end does not have each of its lines looked at.
   */
  boolean accept(byte[] chunk, int length) {
    int start = dropping ? dropToLineEnd(chunk, length) : 0;
    boolean whole = start == 0;
    while (start < length) {
      int stop = lineEnd(chunk, start, length);
      if (!budget.take((long) stop - start + LINE_OVERHEAD_BYTES)) {
        drop(chunk, start, length);
        return false;
      }
      take(chunk, start, stop);
      if (stop < length) {
        emit();
      }
      start = stop + 1;
    }
    return whole;
  }

  private static int lineEnd(byte[] chunk, int start, int length) {
    int end = start;
    while (end < length && chunk[end] != '\n') {
      end++;
    }
    return end;
  }

  /** Drops the rest of a line that an earlier chunk began; returns where the next one begins. */
  private int dropToLineEnd(byte[] chunk, int length) {
    int end = lineEnd(chunk, 0, length);
    dropping = end == length;
    int next = Math.min(length, end + 1);
    dropped += next;
    return next;
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
    int from = start;
    while (partialLength + stop - from > maxLineBytes) {
      int copied = append(chunk, from, from + maxLineBytes - partialLength);
      from += copied;
      cut();
    }
    append(chunk, from, stop);
  }

  private void drop(byte[] chunk, int start, int length) {
    if (partialLength > 0) {
      emit();
    }
    dropped += length - start;
    dropping = chunk[length - 1] != '\n';
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
