package dev.kiln.linux;

import java.util.Optional;

/**
 * A system call failed: "read log pipe: EBADF". The message names the step, the object and the
 * errno, and ends with what an operator can do about it where that is known.
 */
public final class LinuxException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String step;
  private final String object;
  private final int number;
  private final String hint;

  public LinuxException(String step, String object, Errno errno) {
    this(step, object, errno, "");
  }

  /** Creates it with a hint: a whole sentence, or the empty string. */
  public LinuxException(String step, String object, Errno errno, String hint) {
    super(step + " " + object + ": " + errno + (hint.isEmpty() ? "" : ". " + hint));
    this.step = step;
    this.object = object;
    this.number = errno.number();
    this.hint = hint;
  }

  public String step() {
    return step;
  }

  public String object() {
    return object;
  }

  public Errno errno() {
    return new Errno(number);
  }

  public Optional<String> hint() {
    return hint.isEmpty() ? Optional.empty() : Optional.of(hint);
  }
}
