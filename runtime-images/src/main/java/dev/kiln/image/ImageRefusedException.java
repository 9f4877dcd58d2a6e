package dev.kiln.image;

import java.util.Optional;

/**
 * An image was refused; nothing of it is left on disk. The caller's fault, unlike an {@link
 * java.io.IOException}. The message is a sentence that names the entry, with unprintable characters
 * escaped.
 */
public final class ImageRefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final ImageRefusal refusal;
  private final transient Optional<String> entry;

  private ImageRefusedException(ImageRefusal refusal, Optional<String> entry, String message) {
    super(message);
    this.refusal = refusal;
    this.entry = entry;
  }

  /** The image as a whole is refused because of {@code reason}, a sentence. */
  public static ImageRefusedException ofImage(ImageRefusal refusal, String reason) {
    return new ImageRefusedException(refusal, Optional.empty(), reason);
  }

  /**
   * The entry called {@code name} is refused because of {@code reason}, which goes on after "Entry
   * 'name' ".
   */
  public static ImageRefusedException ofEntry(ImageRefusal refusal, String name, String reason) {
    String shown = PrintableName.of(name);
    return new ImageRefusedException(
        refusal, Optional.of(shown), "Entry '" + shown + "' " + reason);
  }

  /** Returns which rule it broke. */
  public ImageRefusal refusal() {
    return refusal;
  }

  /** Returns the entry's name, printable and shortened, unless the image as a whole is refused. */
  public Optional<String> entry() {
    return entry;
  }
}
