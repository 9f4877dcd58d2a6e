package dev.kiln.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LineCutterTest {

  private static final LogLimits AMPLE = new LogLimits(1 << 20, 1 << 20, 64 * 1024);
  private static final String[] PIECES = {
    "a", "bc", "é", "漢", "🔥", "\n", "\n\n", "some words ", "x".repeat(40)
  };

  private final List<String> lines = new ArrayList<>();
  private final List<Long> lost = new ArrayList<>();

  private LineCutter cutter(LogLimits limits) {
    return new LineCutter(limits.maxLineBytes(), new ByteBudget(limits, 0), this::take);
  }

  private void take(String line, long droppedBefore) {
    lines.add(line);
    lost.add(droppedBefore);
  }

  private static void feed(LineCutter cutter, String text) {
    accept(cutter, text);
  }

  private static boolean accept(LineCutter cutter, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return cutter.accept(bytes, bytes.length);
  }

  @Test
  void linesEndAtLineFeedsAndTheLastAtAFlush() {
    LineCutter cutter = cutter(AMPLE);
    feed(cutter, "one\n\ntw");
    assertThat(lines).containsExactly("one", "");
    feed(cutter, "o\nthree");
    cutter.flush();
    cutter.flush();
    assertThat(lines).containsExactly("one", "", "two", "three");
    assertThat(lost).containsOnly(0L);
  }

  @Test
  void malformedBytesAreReplaced() {
    LineCutter cutter = cutter(AMPLE);
    cutter.accept(new byte[] {'a', (byte) 0xff, (byte) 0xc3, '\n'}, 4);
    assertThat(lines).containsExactly("a\ufffd\ufffd");
  }

  @Test
  void aLongLineIsCutBetweenCharacters() {
    LineCutter cutter = cutter(new LogLimits(1 << 20, 1 << 20, 16));
    feed(cutter, "0123456789abcd漢字\n");
    assertThat(lines).containsExactly("0123456789abcd", "漢字");
  }

  @Test
  void aLineOfContinuationBytesIsCutAllTheSame() {
    LineCutter cutter = cutter(new LogLimits(1 << 20, 1 << 20, 16));
    byte[] junk = new byte[50];
    Arrays.fill(junk, (byte) 0x80);
    cutter.accept(junk, junk.length);
    cutter.flush();
    assertThat(lines).hasSize(4);
    assertThat(String.join("", lines)).isEqualTo("\ufffd".repeat(50));
  }

  @Test
  void whatExceedsTheBudgetIsToldWithTheNextLine() {
    LogLimits limits = new LogLimits(1000, 200, 1024);
    ByteBudget budget = new ByteBudget(limits, 0);
    LineCutter cutter = new LineCutter(1024, budget, this::take);
    feed(cutter, "kept\n" + "x".repeat(500) + "\n");
    assertThat(lines).containsExactly("kept");
    budget.refill(1_000_000_000);
    feed(cutter, "kept too\n");
    assertThat(lines).containsExactly("kept", "kept too");
    assertThat(lost).containsExactly(0L, 501L);
  }

  @Test
  void whatFollowsInTheSameReadIsLostWithTheLineThatExceedsTheBudget() {
    LineCutter cutter = cutter(new LogLimits(1000, 200, 1024));
    assertThat(accept(cutter, "kept\n")).isTrue();
    assertThat(accept(cutter, "x".repeat(500) + "\nshort\nbegun")).isFalse();
    assertThat(accept(cutter, " and ended\nkept too\n")).isFalse();
    assertThat(accept(cutter, "more\n")).isFalse();
    cutter.flush();
    assertThat(lines).containsExactly("kept", "kept too", "");
    assertThat(lost).containsExactly(0L, 501L + "short\nbegun and ended\n".length(), 5L);
  }

  @Test
  void aLineIsLostToItsEnd() {
    LogLimits limits = new LogLimits(1000, 200, 1024);
    ByteBudget budget = new ByteBudget(limits, 0);
    LineCutter cutter = new LineCutter(1024, budget, this::take);
    feed(cutter, "beginning ");
    feed(cutter, "x".repeat(500));
    assertThat(lines).as("the part that was within the budget").containsExactly("beginning ");
    budget.refill(1_000_000_000);
    feed(cutter, "end\nnext\n");
    assertThat(lines).containsExactly("beginning ", "next");
    assertThat(lost).containsExactly(0L, 504L);
  }

  @Test
  void whatIsLostAtTheEndIsToldByAFlush() {
    LineCutter cutter = cutter(new LogLimits(1000, 100, 1024));
    feed(cutter, "x".repeat(500));
    cutter.flush();
    assertThat(lines).containsExactly("");
    assertThat(lost).containsExactly(500L);
  }

  @Test
  void aFloodOfEmptyLinesMeetsTheLimit() {
    LineCutter cutter = cutter(new LogLimits(1000, 6400, 1024));
    feed(cutter, "\n".repeat(10_000));
    cutter.flush();
    assertThat(lines).hasSize(101);
    assertThat(lost.get(100)).isEqualTo(9900);
  }

  /** However the bytes are cut into chunks, the lines are those of the whole text. */
  @Property
  void chunksDoNotMatter(@ForAll @IntRange(max = 200) int pieces, @ForAll Random random) {
    lines.clear();
    String text = text(pieces, random);
    LineCutter cutter = cutter(AMPLE);
    feedInChunks(cutter, text, random);
    cutter.flush();
    String ended = text.endsWith("\n") || text.isEmpty() ? text : text + "\n";
    assertThat(String.join("", lines.stream().map(line -> line + "\n").toList())).isEqualTo(ended);
  }

  /**
   * Whatever the limits, each byte is handed on or counted as lost, and no line is longer than
   * allowed.
   */
  @Property
  void everyByteIsHandedOnOrCounted(
      @ForAll @IntRange(max = 200) int pieces,
      @ForAll @IntRange(min = 16, max = 100) int maxLineBytes,
      @ForAll @IntRange(min = 1, max = 5000) int burst,
      @ForAll Random random) {
    lines.clear();
    lost.clear();
    String text = text(pieces, random).replaceAll("[^a-z ]", "") + "\n";
    LineCutter cutter = cutter(new LogLimits(1, burst, maxLineBytes));
    feedInChunks(cutter, text, random);
    cutter.flush();
    long handedOn = lines.stream().mapToLong(String::length).sum();
    long dropped = lost.stream().mapToLong(Long::longValue).sum();
    long lineFeed = dropped > 0 ? 0 : 1;
    assertThat(handedOn + dropped + lineFeed).isEqualTo(text.length());
    assertThat(lines).allMatch(line -> line.length() <= maxLineBytes);
  }

  private static String text(int pieces, Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pieces; i++) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  private static void feedInChunks(LineCutter cutter, String text, Random random) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int from = 0; from < bytes.length; ) {
      int to = Math.min(bytes.length, from + 1 + random.nextInt(50));
      cutter.accept(Arrays.copyOfRange(bytes, from, to), to - from);
      from = to;
    }
  }
}
