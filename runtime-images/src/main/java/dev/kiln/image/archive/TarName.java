package dev.kiln.image.archive;

import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns a name of a tar into a relative path, or refuses it. Images are more liberal than code:
 * names with a leading slash, a backslash or a control character are ordinary. What comes out can
 * be resolved against any directory without leaving it, as long as no component is a link.
 */
final class TarName {

  /** What the decoder puts in the place of bytes that are not UTF-8. */
  private static final char NOT_UTF_8 = '\ufffd';

  private TarName() {}

  /**
   * Returns the path of {@code text}, the name of the entry called {@code entry} or of what it
   * links to; empty for the root itself.
   */
  static String normalise(String entry, String text, ImageLimits limits)
      throws ImageRefusedException {
    checkText(entry, text, limits);
    List<String> components = new ArrayList<>();
    for (String component : text.split("/")) {
      if (component.equals("..")) {
        throw ImageRefusedException.ofEntry(
            ImageRefusal.NAME_CLIMBS, entry, "has the component '..' in its name or target");
      }
      if (!component.isEmpty() && !component.equals(".")) {
        checkLength(entry, "a component", component, ImageLimits.COMPONENT_BYTES);
        components.add(component);
      }
    }
    if (components.size() > limits.depth()) {
      throw ImageRefusedException.ofEntry(
          ImageRefusal.NAME_TOO_LONG, entry, "has more than " + limits.depth() + " components");
    }
    return String.join("/", components);
  }

  /** Refuses a name or a link's target, {@code text}, of the entry called {@code entry}. */
  static void checkText(String entry, String text, ImageLimits limits)
      throws ImageRefusedException {
    if (text.isEmpty()) {
      throw invalid(entry, "has an empty name or target");
    }
    if (text.indexOf('\0') >= 0) {
      throw invalid(entry, "has NUL in its name or target");
    }
    if (text.indexOf(NOT_UTF_8) >= 0) {
      throw invalid(entry, "has a name or target that is not UTF-8");
    }
    checkLength(entry, "a name or target", text, limits.pathBytes());
  }

  private static ImageRefusedException invalid(String entry, String reason) {
    return ImageRefusedException.ofEntry(ImageRefusal.NAME_INVALID, entry, reason);
  }

  private static void checkLength(String entry, String what, String text, int bytes)
      throws ImageRefusedException {
    if (text.getBytes(StandardCharsets.UTF_8).length > bytes) {
      throw ImageRefusedException.ofEntry(
          ImageRefusal.NAME_TOO_LONG, entry, "has " + what + " of more than " + bytes + " bytes");
    }
  }
}
