package dev.kiln.gateway.invoke;

import java.util.Locale;

/** The steps of {@link InvocationPath}, in order; each one's time is reported. */
public enum Step {
  /** From the request's head to the end of its body. */
  RECEIVE,
  /** Waiting for a turn. */
  ADMIT,
  /** From the name to a version. */
  RESOLVE,
  /** Getting a sandbox of that version. */
  LEASE,
  /** From the event's first byte to the answer's last. */
  SEND;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** Returns the name in lower case. */
  public String label() {
    return label;
  }
}
