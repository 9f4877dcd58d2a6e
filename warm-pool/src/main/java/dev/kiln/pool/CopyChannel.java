package dev.kiln.pool;

import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.LinuxException;
import dev.kiln.linux.SocketMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * Receives the descriptors of a template's copies. They are in the socket before the frame that
 * tells of them, so nothing waits. Exactly one descriptor is taken from each message, and every
 * other that a template sends is closed: Netty's own reader would leak what does not fit.
 */
final class CopyChannel {

  private static final int DESCRIPTORS = 3;

  private final SocketMessage message = new SocketMessage(1, 1);

  /** Gives a copy its descriptors; false if the template did not send them as it should. */
  boolean receive(FileDescriptor channels, Copy copy) {
    List<FileDescriptor> received = new ArrayList<>(DESCRIPTORS);
    try {
      Linux.setNonBlocking(channels);
      while (received.size() < DESCRIPTORS
          && message.receive(channels) == 1
          && message.descriptorCount() == 1) {
        received.addAll(message.takeDescriptors());
      }
      if (received.size() == DESCRIPTORS) {
        Linux.setNonBlocking(received.get(0));
        copy.arrived(received);
        return true;
      }
    } catch (LinuxException | IllegalStateException e) {
      // The template is gone, or what it sent is of a kind that cannot be used: it is told apart by
      // nobody.
    }
    message.closeDescriptors();
    received.forEach(FileDescriptor::close);
    return false;
  }
}
