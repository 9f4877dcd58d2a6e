package dev.kiln.load.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Processes by the user that they run as. Reading another user's memory figures needs root. */
public final class Processes {

  private static final Path PROC = Path.of("/proc");

  private Processes() {}

  /**
   * Returns the ids of the processes whose effective uid lies in {@code [first, first + count)}.
   */
  public static List<Integer> ofUsers(int first, int count) {
    List<Integer> found = new ArrayList<>();
    try (Stream<Path> entries = Files.list(PROC)) {
      entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> Character.isDigit(name.charAt(0)))
          .mapToInt(Integer::parseInt)
          .forEach(
              pid -> {
                OptionalLong uid = effectiveUid(pid);
                if (uid.isPresent()
                    && uid.getAsLong() >= first
                    && uid.getAsLong() - first < count) {
                  found.add(pid);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list processes", e);
    }
    return found;
  }

  /** Returns the proportional set size of a process, or nothing when it has ended. */
  public static OptionalLong proportionalBytes(int pid) {
    try {
      String rollup = Files.readString(PROC.resolve(pid + "/smaps_rollup"));
      return OptionalLong.of(MemoryFacts.field(rollup, "Pss:"));
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    } catch (IOException e) {
      // The file can be opened while the process is ending; reading it then fails with ESRCH.
      if (Files.exists(PROC.resolve(pid + "/stat"))) {
        throw new UncheckedIOException(
            "cannot read the memory of process " + pid + " (root is needed)", e);
      }
      return OptionalLong.empty();
    }
  }

  private static OptionalLong effectiveUid(int pid) {
    try (Stream<String> lines = Files.readString(PROC.resolve(pid + "/status")).lines()) {
      // "Uid:\treal\teffective\tsaved\tfile system"
      return lines
          .filter(line -> line.startsWith("Uid:"))
          .mapToLong(line -> Long.parseLong(line.split("\t")[2]))
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
