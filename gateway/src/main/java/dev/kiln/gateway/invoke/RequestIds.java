package dev.kiln.gateway.invoke;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Makes request ids: random UUIDs of version 4 as text. They tell calls apart and protect nothing,
 * so they come from the thread's own generator: {@link java.util.UUID#randomUUID} takes a lock and
 * ten times as long.
 */
public final class RequestIds {

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int LENGTH = 36;

  private RequestIds() {}

  /** Returns a new id. */
  public static String next() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = random.nextLong() & ~0xf000L | 0x4000L;
    long low = random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
    byte[] text = new byte[LENGTH];
    int at = digits(text, 0, high >>> 32, 8);
    at = hyphenAndDigits(text, at, high >>> 16, 4);
    at = hyphenAndDigits(text, at, high, 4);
    at = hyphenAndDigits(text, at, low >>> 48, 4);
    hyphenAndDigits(text, at, low, 12);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private static int hyphenAndDigits(byte[] text, int at, long value, int count) {
    text[at] = '-';
    return digits(text, at + 1, value, count);
  }

  private static int digits(byte[] text, int at, long value, int count) {
    for (int i = 0; i < count; i++) {
      text[at + i] = HEX[(int) (value >>> 4 * (count - 1 - i)) & 0xf];
    }
    return at + count;
  }
}
