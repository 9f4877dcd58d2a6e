package dev.kiln.image.archive;

/** Why an archive is refused: a closed set, so that each reason has a stable code and a test. */
public enum ArchiveRefusal {
  /** The file does not end like a zip. */
  NOT_A_ZIP("Send a zip file."),
  /** Its structure contradicts itself, or it was cut short. */
  MALFORMED("Make the zip anew with an ordinary tool."),
  /** It holds no file. */
  EMPTY("Put at least one file into the zip."),
  /** It is split over volumes, encrypted, or compressed in another way than deflate. */
  UNSUPPORTED("Make the zip anew, in one volume, not encrypted, stored or deflated."),
  /** A name is not UTF-8, is empty, or holds NUL, another control character or a backslash. */
  NAME_INVALID("Rename the entry."),
  /** A name starts with a slash. */
  NAME_ABSOLUTE("Store names relative to the function's directory."),
  /** A name has the component {@code ..}. */
  NAME_CLIMBS("Store names below the function's directory, without '..'."),
  /** A name, or one of its components, is too long. */
  NAME_TOO_LONG("Shorten the entry's path."),
  /** A name has too many components. */
  NAME_TOO_DEEP("Flatten the entry's path."),
  /** Two entries have one name. */
  DUPLICATE("Store each name once."),
  /** An entry lies below one that is not a directory, or is both a file and a directory. */
  CONFLICT("Store each name as a file or as a directory, not as both."),
  /** A symbolic link leads out of the tree, is absolute, or leads round in a circle. */
  LINK_ESCAPES("Make the link relative, with a target inside the zip."),
  /** A device, a fifo, a socket. */
  SPECIAL_FILE("Store only files, directories and symbolic links."),
  /** An entry has more or fewer bytes than it declares. */
  SIZE_LIES("Make the zip anew with an ordinary tool."),
  /** An entry's content does not have the checksum that it declares. */
  CHECKSUM("The zip was damaged on its way: send it again."),
  /** Two entries share bytes of the file. */
  OVERLAP("Make the zip anew with an ordinary tool."),
  /** Content is compressed more than any real code is. */
  RATIO("Leave out generated or padded files."),
  /** Unpacked, it takes more bytes than allowed. */
  TOO_LARGE("Leave out what the function does not need."),
  /** It has more entries than allowed. */
  TOO_MANY_ENTRIES("Leave out what the function does not need.");

  private final String remedy;

  ArchiveRefusal(String remedy) {
    this.remedy = remedy;
  }

  /** Returns what the sender can do about it, as a sentence. */
  public String remedy() {
    return remedy;
  }
}
