package dev.kiln.image.archive;

import static dev.kiln.image.archive.ArchiveRefusal.NAME_ABSOLUTE;
import static dev.kiln.image.archive.ArchiveRefusal.NAME_CLIMBS;
import static dev.kiln.image.archive.ArchiveRefusal.NAME_INVALID;
import static dev.kiln.image.archive.ArchiveRefusal.NAME_TOO_DEEP;
import static dev.kiln.image.archive.ArchiveRefusal.NAME_TOO_LONG;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the bytes of a stored name into a relative path, or refuses it. What comes out can be
 * resolved against any directory without leaving it, as long as no component is a link.
 */
final class EntryName {

  private EntryName() {}

  /**
   * Returns the text of a stored name. Tools on Linux store UTF-8 whether or not they say so;
   * nothing else is taken.
   */
  static String decode(byte[] name) throws ArchiveRefusedException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
    } catch (CharacterCodingException e) {
      String shown = new String(name, StandardCharsets.ISO_8859_1);
      throw ArchiveRefusedException.ofEntry(NAME_INVALID, shown, "has a name that is not UTF-8");
    }
  }

  /**
   * Returns the path of {@code name}, empty for the root itself, without components that mean
   * nothing.
   */
  static String normalise(String name, ArchiveLimits limits) throws ArchiveRefusedException {
    checkCharacters(name);
    if (name.startsWith("/")) {
      throw ArchiveRefusedException.ofEntry(NAME_ABSOLUTE, name, "has an absolute name");
    }
    List<String> components = new ArrayList<>();
    for (String component : name.split("/")) {
      if (component.equals("..")) {
        throw ArchiveRefusedException.ofEntry(NAME_CLIMBS, name, "has the component '..'");
      }
      if (!component.isEmpty() && !component.equals(".")) {
        components.add(component);
      }
    }
    String path = String.join("/", components);
    checkLengths(path, components, limits);
    return path;
  }

  private static void checkCharacters(String name) throws ArchiveRefusedException {
    if (name.isEmpty()) {
      throw ArchiveRefusedException.ofEntry(NAME_INVALID, name, "has an empty name");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw ArchiveRefusedException.ofEntry(
          NAME_INVALID, name, "has a control character in its name");
    }
    if (name.indexOf('\\') >= 0) {
      throw ArchiveRefusedException.ofEntry(NAME_INVALID, name, "has a backslash in its name");
    }
  }

  private static void checkLengths(String path, List<String> components, ArchiveLimits limits)
      throws ArchiveRefusedException {
    if (bytes(path) > limits.pathBytes()) {
      throw ArchiveRefusedException.ofEntry(
          NAME_TOO_LONG, path, "has a path of more than " + limits.pathBytes() + " bytes");
    }
    if (components.stream()
        .anyMatch(component -> bytes(component) > ArchiveLimits.COMPONENT_BYTES)) {
      throw ArchiveRefusedException.ofEntry(
          NAME_TOO_LONG,
          path,
          "has a component of more than " + ArchiveLimits.COMPONENT_BYTES + " bytes");
    }
    if (components.size() > limits.depth()) {
      throw ArchiveRefusedException.ofEntry(
          NAME_TOO_DEEP, path, "has more than " + limits.depth() + " components");
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
