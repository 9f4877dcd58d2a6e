package dev.kiln.launcher;

import dev.kiln.linux.FileDescriptor;

/**
 * A sandbox just forked, with the descriptors that make it its owner's. Closing closes those that
 * were not released; it does not kill the sandbox.
 *
 * @param pidfd the init's; readable once it has exited
 * @param frames the stream socket of the framed contract
 * @param channels the stream socket over which the sandbox passes descriptors of its forked copies
 * @param stdout the end of the pipe that is read
 * @param stderr the end of the pipe that is read
 * @param cloneMicros what the zygote's clone took
 * @param totalMicros what the launcher took from request to answer
 */
public record Spawned(
    SandboxId id,
    FileDescriptor pidfd,
    FileDescriptor frames,
    FileDescriptor channels,
    FileDescriptor stdout,
    FileDescriptor stderr,
    long cloneMicros,
    long totalMicros)
    implements AutoCloseable {

  @Override
  public void close() {
    pidfd.close();
    frames.close();
    channels.close();
    stdout.close();
    stderr.close();
  }
}
