package dev.kiln.gateway.deploy;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where archives lie while they are deployed. */
public final class UploadDirectory {

  private UploadDirectory() {}

  /**
   * Makes the directory below {@code state} where it is missing, and removes what an earlier life
   * left in it.
   */
  public static Path open(Path state) throws IOException {
    Path directory = Files.createDirectories(state.resolve("uploads"));
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory)) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
    return directory;
  }
}
