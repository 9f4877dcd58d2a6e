package dev.kiln.load.report;

import java.util.Locale;

/** The units of figures, and how many digits of each mean something. */
public enum Unit {
  /** Milliseconds. */
  MILLISECONDS("ms", 2),
  /** Microseconds. */
  MICROSECONDS("µs", 1),
  /** How many times something else. */
  RATIO("×", 2),
  /** Events a second. */
  PER_SECOND("/s", 0),
  /** Millions of bytes. */
  MEGABYTES("MB", 2),
  /** A number of things. */
  COUNT("", 0);

  private final String symbol;
  private final int decimals;

  Unit(String symbol, int decimals) {
    this.symbol = symbol;
    this.decimals = decimals;
  }

  /** Returns the unit's sign, as JSON carries it. */
  public String symbol() {
    return symbol;
  }

  String format(double value) {
    // Below a tenth, two decimals would leave one digit or none.
    int digits = decimals == 2 && Math.abs(value) < 0.1 && value != 0 ? 4 : decimals;
    String number = String.format(Locale.ROOT, "%." + digits + "f", value);
    return symbol.isEmpty() ? number : number + " " + symbol;
  }
}
