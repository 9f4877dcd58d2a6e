package dev.kiln.pool;

import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.LinuxException;
import dev.kiln.linux.SocketMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Makes the lines over which a copy is spoken to: frames, standard output, standard error.
 *
 * <p>They are made here and the copy's ends are passed down to its template. What a function makes
 * and passes up would share its open file with the function, which could make it blocking again at
 * any time, and the event loop that reads it would stand still with every deadline on it. Belongs
 * to one event loop at a time.
 */
final class CopyLines {

  private static final Logger LOG = Logger.getLogger(CopyLines.class);

  /** Its owner and, for a copy that opens its own /dev/stdout anew, the sandbox's user. */
  private static final int WRITABLE = 0602;

  private final SocketMessage message = new SocketMessage(1, 3);
  private final Supplier<Linux.Pair> pipes;

  CopyLines() {
    this(Linux::pipe);
  }

  /** Has its pipes made by {@code pipes}. */
  CopyLines(Supplier<Linux.Pair> pipes) {
    this.pipes = pipes;
  }

  /**
   * Passes a new copy's ends to the template's {@code channels}.
   *
   * @return the gateway's ends, in order; empty if the template does not read what it is sent, or
   *     no line could be made
   */
  Optional<List<FileDescriptor>> open(FileDescriptor channels) {
    List<Linux.Pair> lines = new ArrayList<>(3);
    boolean passed = false;
    try {
      lines.add(Linux.socketPair(Linux.SocketType.STREAM));
      lines.add(pipes.get());
      lines.add(pipes.get());
      passed = pass(channels, lines.get(0), lines.get(1), lines.get(2));
    } catch (LinuxException e) {
      LOG.infof("a copy has no lines: %s", e.getMessage());
    } finally {
      lines.forEach(line -> line.second().close());
      if (!passed) {
        lines.forEach(Linux.Pair::close);
      }
    }
    return passed ? Optional.of(lines.stream().map(Linux.Pair::first).toList()) : Optional.empty();
  }

  private boolean pass(
      FileDescriptor channels, Linux.Pair frames, Linux.Pair output, Linux.Pair errors) {
    Linux.setNonBlocking(frames.first()); // the log pump does as much for the others
    Linux.setMode(output.second(), WRITABLE);
    Linux.setMode(errors.second(), WRITABLE);
    return message.send(channels, 1, frames.second(), output.second(), errors.second()) == 1;
  }
}
