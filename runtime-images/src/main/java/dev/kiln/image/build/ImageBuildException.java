package dev.kiln.image.build;

/**
 * An image cannot be built from this descriptor on this host; the message is a sentence and says
 * what to do.
 */
public final class ImageBuildException extends Exception {

  private static final long serialVersionUID = 1L;

  ImageBuildException(String message) {
    super(message);
  }

  ImageBuildException(String message, Throwable cause) {
    super(message, cause);
  }
}
