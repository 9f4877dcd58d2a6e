package dev.kiln.contract;

/** Where the sandbox of an invocation came from, from the quickest to the slowest. */
public enum StartType {
  /** An idle sandbox of this version. */
  WARM,
  /** A stem: forked, isolated and locked down before the call, specialised by it. */
  PREWARMED,
  /** A fresh fork of the runtime's zygote, since no stem was ready. */
  FORKED,
  /** A fresh sandbox and an {@code exec} of the image's entrypoint. */
  COLD;

  /** Returns the name as headers and records carry it, in lower case. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
