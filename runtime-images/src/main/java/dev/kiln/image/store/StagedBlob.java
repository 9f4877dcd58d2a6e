package dev.kiln.image.store;

import dev.kiln.image.Digest;
import java.nio.file.Path;

/**
 * A file that was received and has no name in the store yet.
 *
 * @param file where it is, as long as its {@link Staging} is open
 * @param digest SHA-256 of what was received
 * @param size bytes that were received
 */
public record StagedBlob(Path file, Digest digest, long size) {}
