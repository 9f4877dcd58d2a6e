package dev.kiln.gateway.function;

import dev.kiln.image.Digest;
import java.time.Instant;

/**
 * One immutable state of a function: its code and its configuration. Every change makes another.
 *
 * @param id unique, never used twice
 * @param configuration what its owner decided
 * @param code digest of the finished code tree
 * @param codeBytes size of the unpacked code
 * @param createdAt when it was made
 */
public record Revision(
    String id,
    FunctionConfiguration configuration,
    Digest code,
    long codeBytes,
    Instant createdAt) {

  /** Returns whether a deployment of this code and configuration would change nothing. */
  public boolean consistsOf(Digest otherCode, FunctionConfiguration otherConfiguration) {
    return code.equals(otherCode) && configuration.equals(otherConfiguration);
  }
}
