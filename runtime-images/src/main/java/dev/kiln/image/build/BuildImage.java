package dev.kiln.image.build;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The command that builds a runtime's image: {@code BuildImage <descriptor> <directory>}. Run as
 * root, so that the image is root's: the launcher executes nothing that another uid could have
 * written. Exit status 0 where the image is there, 1 where it cannot be built, 2 for wrong
 * arguments.
 */
public final class BuildImage {

  private BuildImage() {}

  /** Runs the command. */
  public static void main(String[] arguments) {
    if (arguments.length != 2) {
      System.err.println("usage: BuildImage <descriptor> <directory>");
      System.exit(2);
    }
    try {
      run(Path.of(arguments[0]), Path.of(arguments[1]));
    } catch (ImageBuildException | IOException e) {
      System.err.println(
          "image: " + (e instanceof ImageBuildException ? e.getMessage() : e.toString()));
      System.exit(1);
    }
  }

  private static void run(Path descriptor, Path directory) throws ImageBuildException, IOException {
    long start = System.nanoTime();
    ImageBuilder.Outcome outcome = ImageBuilder.build(descriptor, directory);
    BuiltImage image = outcome.image();
    if (!outcome.built()) {
      System.out.println(
          "image " + image.name() + " is up to date: " + image.digest().substring(0, 12));
      return;
    }
    System.out.printf(
        Locale.ROOT,
        "image %s %s: %.1f MB in %d files, built in %.1f s%n%s%n",
        image.name(),
        image.digest().substring(0, 12),
        image.unpackedBytes() / 1e6,
        image.files(),
        (System.nanoTime() - start) / 1e9,
        SizeReport.of(directory.resolve(ImageBuilder.ROOT)));
  }
}
