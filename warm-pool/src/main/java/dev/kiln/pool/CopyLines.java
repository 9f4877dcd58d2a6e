package dev.kiln.pool;

import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.LinuxException;
import dev.kiln.linux.SocketMessage;
import java.util.List;
import java.util.Optional;

/**
 * Makes the lines over which a copy is spoken to: frames, standard output, standard error.
 *
 * <p>They are made here and the copy's ends are passed down to its template. What a function makes
 * and passes up would share its open file with the function, which could make it blocking again at
 * any time, and the event loop that reads it would stand still with every deadline on it. Belongs
 * to one event loop at a time.
 */
final class CopyLines {

  /** Its owner and, for a copy that opens its own /dev/stdout anew, the sandbox's user. */
  private static final int WRITABLE = 0602;

  private final SocketMessage message = new SocketMessage(1, 3);

  /**
   * Passes a new copy's ends to the template's {@code channels}.
   *
   * @return the gateway's ends, in order; empty if the template does not read what it is sent
   */
  Optional<List<FileDescriptor>> open(FileDescriptor channels) {
    Linux.Pair frames = Linux.socketPair(Linux.SocketType.STREAM);
    Linux.Pair output = Linux.pipe();
    Linux.Pair errors = Linux.pipe();
    List<FileDescriptor> kept = List.of(frames.first(), output.first(), errors.first());
    boolean passed = false;
    try (FileDescriptor theirs = frames.second();
        FileDescriptor theirOutput = output.second();
        FileDescriptor theirErrors = errors.second()) {
      Linux.setNonBlocking(frames.first()); // the log pump does as much for the others
      Linux.setMode(theirOutput, WRITABLE);
      Linux.setMode(theirErrors, WRITABLE);
      passed = message.send(channels, 1, theirs, theirOutput, theirErrors) == 1;
    } catch (LinuxException e) {
      // The template is gone, which its conversation tells.
    } finally {
      if (!passed) {
        kept.forEach(FileDescriptor::close);
      }
    }
    return passed ? Optional.of(kept) : Optional.empty();
  }
}
