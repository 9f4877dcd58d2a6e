package dev.kiln.image.unpack;

import dev.kiln.image.TestingLayer;

/**
 * An entry of a layer as a model sees it.
 *
 * @param path of what is added or hidden; for an opaque whiteout the directory
 * @param target of a link, or a file's content
 */
record ModelEntry(Kind kind, String path, String target) {

  enum Kind {
    FILE,
    DIRECTORY,
    LINK,
    HARD_LINK,
    WHITEOUT,
    OPAQUE
  }

  String parent() {
    return EntryPath.parent(path);
  }

  String name() {
    return EntryPath.name(path);
  }

  TestingLayer.Entry entry() {
    return switch (kind) {
      case FILE -> TestingLayer.file(path, target);
      case DIRECTORY -> TestingLayer.directory(path);
      case LINK -> TestingLayer.link(path, target);
      case HARD_LINK -> TestingLayer.hardLink(path, target);
      case WHITEOUT -> TestingLayer.file(EntryPath.join(parent(), ".wh." + name()), "");
      case OPAQUE -> TestingLayer.file(EntryPath.join(path, ".wh..wh..opq"), "");
    };
  }
}
