package dev.kiln.image.unpack;

import dev.kiln.image.PrintableName;
import java.util.List;

/**
 * What was left out of an image while it was unpacked: it works without, or says at run time that
 * it does not.
 *
 * @param first the first of them, at most {@link #KEPT}, in the layers' order
 * @param omitted how many more there were
 */
public record Removals(List<Removal> first, int omitted) {

  /** How many removals are named. */
  public static final int KEPT = 1000;

  /** Copies. */
  public Removals {
    first = List.copyOf(first);
  }

  /** What was removed from an entry, or the entry itself. */
  public enum Kind {
    /** The set-user-id bit. */
    SETUID,
    /** The set-group-id bit, of a file or a directory. */
    SETGID,
    /** The attribute {@code security.capability}: a file's capabilities. */
    CAPABILITIES,
    /** An attribute {@code trusted.*}. */
    TRUSTED_ATTRIBUTE,
    /** A device or fifo under {@code /dev}. */
    DEVICE
  }

  /**
   * One removal.
   *
   * @param kind what was removed
   * @param entry path of the entry, printable and shortened
   */
  public record Removal(Kind kind, String entry) {

    /** Makes the path printable. */
    public Removal {
      entry = PrintableName.of(entry);
    }
  }
}
