package dev.kiln.pool;

import dev.kiln.launcher.Exit;
import dev.kiln.linux.FileDescriptor;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A forked copy of a template that waits for its one invocation, runs it, or has run it. Guarded by
 * its template's lock, but for its lines, which are made on the template's event loop and guarded
 * by its own.
 */
final class Copy {

  /** Where a copy stands in its life, which only goes forward. */
  enum State {
    /** Asked for. */
    FORKING,
    /** Waits for an invocation. */
    SPARE,
    /** Has been given to one. */
    RUNNING,
    /** Its invocation is over and it is killed; it has not been seen to end. */
    ENDING,
    /** Has ended. */
    ENDED
  }

  final long number;
  final CompletableFuture<Exit> exit = new CompletableFuture<>();
  State state = State.FORKING;
  private List<FileDescriptor> descriptors = List.of();
  private boolean closed;

  Copy(long number) {
    this.number = number;
  }

  /**
   * Takes the gateway's ends of its frames, standard output and standard error; false, and they are
   * closed, if it has ended with its template already.
   */
  synchronized boolean take(List<FileDescriptor> ends) {
    if (closed) {
      ends.forEach(FileDescriptor::close);
    } else {
      descriptors = ends;
    }
    return !closed;
  }

  /** Notes that it lives. */
  void arrived() {
    state = State.SPARE;
  }

  /** Gives its frames, standard output and standard error to whoever runs its invocation. */
  synchronized List<FileDescriptor> handOver() {
    List<FileDescriptor> handed = descriptors;
    descriptors = List.of();
    return handed;
  }

  /** Closes what nobody has taken over. */
  synchronized void closeDescriptors() {
    closed = true;
    handOver().forEach(FileDescriptor::close);
  }
}
