package dev.kiln.image.archive;

import dev.kiln.image.PrintableName;
import java.util.Optional;

/**
 * An archive was refused; nothing of it is left on disk. The caller's fault, unlike an {@link
 * java.io.IOException}. The message is a sentence that names the entry, with unprintable characters
 * escaped.
 */
public final class ArchiveRefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final ArchiveRefusal refusal;
  private final transient Optional<String> entry;

  private ArchiveRefusedException(ArchiveRefusal refusal, Optional<String> entry, String message) {
    super(message);
    this.refusal = refusal;
    this.entry = entry;
  }

  /** The archive as a whole is refused because of {@code reason}, a sentence. */
  public static ArchiveRefusedException ofArchive(ArchiveRefusal refusal, String reason) {
    return new ArchiveRefusedException(refusal, Optional.empty(), reason);
  }

  /**
   * The entry called {@code name} is refused because of {@code reason}, which goes on after "Entry
   * 'name' ".
   */
  public static ArchiveRefusedException ofEntry(
      ArchiveRefusal refusal, String name, String reason) {
    String shown = PrintableName.of(name);
    return new ArchiveRefusedException(
        refusal, Optional.of(shown), "Entry '" + shown + "' " + reason);
  }

  /** Returns which rule it broke. */
  public ArchiveRefusal refusal() {
    return refusal;
  }

  /**
   * Returns the entry's name, printable and shortened, unless the archive as a whole is refused.
   */
  public Optional<String> entry() {
    return entry;
  }
}
