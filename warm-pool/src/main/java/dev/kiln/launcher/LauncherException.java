package dev.kiln.launcher;

import dev.kiln.linux.Errno;

/**
 * The launcher refused or failed: "launcher: spawn slot 7: clone sandbox: EAGAIN". Carries no stack
 * trace: it is an answer.
 */
public final class LauncherException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String step;
  private final int number;

  LauncherException(String request, String step, Errno errno) {
    super("launcher: " + request + ": " + step + ": " + errno, null, false, false);
    this.step = step;
    this.number = errno.number();
  }

  /**
   * Returns the name of the step that failed, as messages.h has it, such as {@code clone sandbox}.
   */
  public String step() {
    return step;
  }

  public Errno errno() {
    return new Errno(number);
  }
}
