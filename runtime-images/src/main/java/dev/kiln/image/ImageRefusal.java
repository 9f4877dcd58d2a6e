package dev.kiln.image;

/** Why an image is refused: a closed set, so that each reason has a stable code and a test. */
public enum ImageRefusal {
  /** The archive is neither an OCI nor a Docker archive. */
  NOT_AN_IMAGE("Send what 'docker save' or 'skopeo copy … oci-archive:' writes."),
  /** The archive holds more than one image for this machine. */
  SEVERAL_IMAGES("Save one image at a time."),
  /** An archive, a layer or a document contradicts itself, or was cut short. */
  MALFORMED("Build or save the image anew with an ordinary tool."),
  /** A media type, digest algorithm, compression or kind of entry that Kiln does not know. */
  UNSUPPORTED("Save the image with layers in tar, gzip or zstd and SHA-256 digests."),
  /** It is made for another operating system or another architecture. */
  PLATFORM("Build the image for this machine's platform."),
  /** An index lists an index that lists an index. */
  NESTED_INDEX("Save the image itself, or a plain multi-platform index."),
  /** A layer is to be fetched from elsewhere. */
  FOREIGN_LAYER("Rebuild the image from a base whose layers may be distributed."),
  /** It has no layer. */
  NO_LAYERS("Put the program to run into the image."),
  /** It has more layers than allowed. */
  TOO_MANY_LAYERS("Join steps of the build, or squash the image."),
  /** A blob that the image names is not in the archive. */
  BLOB_MISSING("Save the whole image, with its layers."),
  /** A blob's content is not what its name says. */
  DIGEST("The image was damaged on its way: save and send it again."),
  /** A layer's uncompressed content is not what the configuration says. */
  DIFF_ID("Build the image anew: its configuration and its layers do not belong together."),
  /** A blob or an entry has another size than declared. */
  SIZE_LIES("Build or save the image anew with an ordinary tool."),
  /** A name is not UTF-8, is empty, holds NUL, or is reserved for whiteouts. */
  NAME_INVALID("Rename the entry."),
  /** A name has the component {@code ..}. */
  NAME_CLIMBS("Store names below the image's root, without '..'."),
  /** A path, one of its components, or what a link makes of it is too long or too deep. */
  NAME_TOO_LONG("Shorten the entry's path."),
  /** An entry lies below something that is neither a directory nor a link to one. */
  BELOW_A_FILE("Remove the file in the layer that puts a directory in its place."),
  /** Links on an entry's way lead round in a circle, or the way is too long. */
  LINK_LOOPS("Mend the symbolic links on the entry's way."),
  /** A hard link's target is not there, or is a directory. */
  LINK_TARGET("Store a hard link behind the file it links to, in the same layer."),
  /** A device, a fifo or a socket outside {@code /dev}. */
  SPECIAL_FILE("Make devices, fifos and sockets when the program starts."),
  /** A file is stored with holes. */
  SPARSE("Store the file without holes."),
  /** Content is compressed more than any real image is. */
  RATIO("Leave out generated or padded files."),
  /** It takes more bytes than allowed. */
  TOO_LARGE("Leave out what the program does not need."),
  /** It has more entries than allowed. */
  TOO_MANY_ENTRIES("Leave out what the program does not need.");

  private final String remedy;

  ImageRefusal(String remedy) {
    this.remedy = remedy;
  }

  /** Returns what the sender can do about it, as a sentence. */
  public String remedy() {
    return remedy;
  }
}
