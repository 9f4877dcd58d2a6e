package dev.kiln.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.linux.Errno;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.Linux.Pair;
import dev.kiln.linux.Linux.SocketType;
import dev.kiln.linux.LinuxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The lines of a copy, with and without a template that takes them. */
class CopyLinesTest {

  private static final int EMFILE = 24;

  private final List<Pair> made = new ArrayList<>();

  @Test
  void keepsTheGatewaysEndsAndPassesTheOthers() {
    try (Pair channels = Linux.socketPair(SocketType.STREAM)) {
      Optional<List<FileDescriptor>> kept = new CopyLines(() -> pipe(2)).open(channels.first());
      assertThat(kept.orElseThrow()).hasSize(3).allMatch(FileDescriptor::isOpen);
      assertThat(made).noneMatch(pipe -> pipe.second().isOpen());
      kept.orElseThrow().forEach(FileDescriptor::close);
    }
  }

  @Test
  void leavesNothingOpenWhereDescriptorsRunOutHalfWay() {
    try (Pair channels = Linux.socketPair(SocketType.STREAM)) {
      assertThat(new CopyLines(() -> pipe(1)).open(channels.first())).isEmpty();
      assertThat(made).hasSize(1).noneMatch(pipe -> pipe.first().isOpen());
      assertThat(made).noneMatch(pipe -> pipe.second().isOpen());
    }
  }

  @Test
  void leavesNothingOpenWhereTheTemplateIsGone() {
    try (Pair channels = Linux.socketPair(SocketType.STREAM)) {
      channels.second().close();
      assertThat(new CopyLines(() -> pipe(2)).open(channels.first())).isEmpty();
      assertThat(made).hasSize(2).noneMatch(pipe -> pipe.first().isOpen());
    }
  }

  /** Makes as many as {@code most}. */
  private Pair pipe(int most) {
    if (made.size() == most) {
      throw new LinuxException("make", "pipe", new Errno(EMFILE));
    }
    Pair pipe = Linux.pipe();
    made.add(pipe);
    return pipe;
  }
}
