package dev.kiln.launcher;

import dev.kiln.linux.Errno;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.NativeBuffer;
import dev.kiln.linux.SocketMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A living sandbox of the probe runtime (probe.c), which does what it is told. */
final class Probe implements AutoCloseable {

  private static final int PIDFD = 0;
  private static final int FRAMES = 1;
  private static final int CHANNELS = 2;
  private static final int TIMEOUT_MILLIS = 30_000;

  private final SandboxId id;
  private final List<FileDescriptor> descriptors;
  private final NativeBuffer buffer = new NativeBuffer(4096);

  /** What a command came to; the errno's number is 0 where it went well. */
  record Outcome(Errno errno, String text) {}

  Probe(SandboxId id, List<FileDescriptor> descriptors) {
    this.id = id;
    this.descriptors = descriptors;
    Outcome ready = answer();
    if (!ready.text().equals("ready")) {
      throw new AssertionError("the sandbox says " + ready);
    }
  }

  SandboxId id() {
    return id;
  }

  /** Says whether its init lives. */
  boolean isAlive() {
    return !Linux.awaitReadable(descriptors.get(PIDFD), 0);
  }

  /** Has it do something and waits for the outcome. */
  Outcome tell(String command) {
    send(command);
    return answer();
  }

  /** Has it do something that it may not survive. */
  void send(String command) {
    byte[] line = (command + "\n").getBytes(StandardCharsets.UTF_8);
    buffer.bytes().put(0, line);
    Linux.write(descriptors.get(FRAMES), buffer, 0, line.length);
  }

  /** Takes what it has passed over its channel. */
  List<FileDescriptor> receiveDescriptors() {
    SocketMessage message = new SocketMessage(1, 4);
    if (!Linux.awaitReadable(descriptors.get(CHANNELS), TIMEOUT_MILLIS)) {
      throw new AssertionError("sandbox " + id + " passes nothing");
    }
    message.receive(descriptors.get(CHANNELS));
    return message.takeDescriptors();
  }

  private Outcome answer() {
    StringBuilder line = new StringBuilder();
    while (line.indexOf("\n") < 0) {
      if (!Linux.awaitReadable(descriptors.get(FRAMES), TIMEOUT_MILLIS)) {
        throw new AssertionError("sandbox " + id + " does not answer");
      }
      int length = Linux.read(descriptors.get(FRAMES), buffer, 0, buffer.capacity());
      if (length == 0) {
        throw new AssertionError("sandbox " + id + " has ended");
      }
      byte[] bytes = new byte[length];
      buffer.bytes().get(0, bytes);
      line.append(new String(bytes, StandardCharsets.UTF_8));
    }
    int space = line.indexOf(" ");
    return new Outcome(
        new Errno(Integer.parseInt(line.substring(0, space))), line.substring(space + 1).strip());
  }

  @Override
  public void close() {
    descriptors.forEach(FileDescriptor::close);
  }
}
