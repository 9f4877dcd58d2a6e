package dev.kiln.launcher;

/**
 * Which sandbox is meant: the slot, and which of the sandboxes that it has held. The launcher
 * refuses a generation that is not the living one's.
 *
 * @param slot 0 and up
 * @param generation as the answer to a spawn gave it; an unsigned number of 32 bits
 */
public record SandboxId(int slot, int generation) {

  public SandboxId {
    if (slot < 0) {
      throw new IllegalArgumentException("slot " + slot + " is negative");
    }
  }

  @Override
  public String toString() {
    return slot + "." + Integer.toUnsignedString(generation);
  }
}
