package dev.kiln.log;

/**
 * How much a sandbox may print.
 *
 * @param bytesPerSecond what it may print in the long run
 * @param burstBytes what it may print at once after a silence
 * @param maxLineBytes a longer line is cut into several
 */
public record LogLimits(long bytesPerSecond, long burstBytes, int maxLineBytes) {

  private static final int MOST_LINE_BYTES = 64 * 1024;

  public LogLimits {
    if (bytesPerSecond <= 0 || burstBytes <= 0) {
      throw new IllegalArgumentException("log rate and burst must be positive");
    }
    if (maxLineBytes < 16 || maxLineBytes > MOST_LINE_BYTES) {
      throw new IllegalArgumentException(
          "lines of " + maxLineBytes + " bytes are not in 16.." + MOST_LINE_BYTES);
    }
  }

  /** 1 MiB a second, 4 MiB at once, lines of 64 KiB. */
  public static LogLimits standard() {
    return new LogLimits(1 << 20, 4 << 20, MOST_LINE_BYTES);
  }
}
