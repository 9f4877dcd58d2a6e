package dev.kiln.load.run;

/** What a server sent is not an HTTP/1.1 answer that this client understands. */
final class MalformedResponseException extends RuntimeException {

  private static final long serialVersionUID = 1;

  MalformedResponseException(String message) {
    super(message);
  }
}
