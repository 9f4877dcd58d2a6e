package dev.kiln.gateway.rest;

import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.streams.ReadStream;
import java.nio.file.Path;

/**
 * Writes what a stream brings into a new file, up to a limit. The stream is paused while the disk
 * is behind, so no more than a few buffers are in memory. On any failure the file is removed.
 */
final class FileSink {

  private final Vertx vertx;
  private final long maxBytes;

  FileSink(Vertx vertx, long maxBytes) {
    this.vertx = vertx;
    this.maxBytes = maxBytes;
  }

  /**
   * Completes with {@code path} once all of {@code source} is there, or fails with a {@link
   * ProblemException}.
   */
  Future<Path> write(ReadStream<Buffer> source, Path path) {
    source.pause();
    OpenOptions options = new OpenOptions().setCreateNew(true).setWrite(true).setPerms("rw-------");
    return vertx
        .fileSystem()
        .open(path.toString(), options)
        .compose(file -> new Writing(source, file).start())
        .map(path)
        .recover(
            failure ->
                vertx
                    .fileSystem()
                    .delete(path.toString())
                    .transform(deleted -> Future.failedFuture(failure)));
  }

  /** Returns the problem of an archive beyond the limit. */
  ProblemException tooLarge() {
    return ProblemException.of(
        ProblemCode.BODY_TOO_LARGE,
        "A code archive has at most " + maxBytes + " bytes (kiln.deployment.max-upload-bytes)");
  }

  private final class Writing {
    private final ReadStream<Buffer> source;
    private final AsyncFile file;
    private final Promise<Void> done = Promise.promise();
    private long bytes;

    Writing(ReadStream<Buffer> source, AsyncFile file) {
      this.source = source;
      this.file = file;
    }

    Future<Void> start() {
      source.exceptionHandler(done::tryFail);
      source.handler(this::add);
      source.endHandler(end -> done.tryComplete());
      source.resume();
      return done.future().eventually(() -> file.close());
    }

    private void add(Buffer chunk) {
      bytes += chunk.length();
      if (bytes > maxBytes) {
        done.tryFail(tooLarge());
        return;
      }
      file.write(chunk).onFailure(done::tryFail);
      if (file.writeQueueFull()) {
        source.pause();
        file.drainHandler(drained -> source.resume());
      }
    }
  }
}
