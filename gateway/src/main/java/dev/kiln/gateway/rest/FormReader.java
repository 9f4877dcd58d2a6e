package dev.kiln.gateway.rest;

import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.gateway.problem.Violation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerFileUpload;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads a multipart form of the parts {@code config} and {@code code}, each once at most. Any other
 * part is refused before a byte of it is kept; the first one too many ends the reading.
 */
final class FormReader {

  private static final String CODE = "code";
  private static final String CONFIG = "config";
  private static final int MAX_OTHER_PARTS = 8;

  /**
   * What a form held.
   *
   * @param configuration the part {@code config}
   * @param archive the file to which the part {@code code} was written
   */
  record Form(Optional<String> configuration, Optional<Path> archive) {}

  private final HttpServerRequest request;
  private final FileSink files;
  private final Supplier<Path> newFile;
  private final Promise<Void> end = Promise.promise();
  private final List<Future<Path>> archives = new ArrayList<>();
  private final List<Future<String>> configurations = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();

  FormReader(HttpServerRequest request, FileSink files, Supplier<Path> newFile) {
    this.request = request;
    this.files = files;
    this.newFile = newFile;
  }

  /** Completes with the form, or fails with a {@link ProblemException}; then no file is left. */
  Future<Form> read() {
    request.setExpectMultipart(true);
    request.uploadHandler(this::take);
    request.exceptionHandler(end::tryFail);
    request.endHandler(ended -> end.tryComplete());
    request.resume();
    return end.future()
        .compose(ended -> Future.join(parts()))
        .map(read -> form())
        .onFailure(
            failure -> archives.forEach(archive -> archive.onSuccess(DeploymentRoute::remove)));
  }

  private void take(HttpServerFileUpload part) {
    if (part.name().equals(CODE) && archives.isEmpty()) {
      archives.add(files.write(part, newFile.get()));
    } else if (part.name().equals(CONFIG) && configurations.isEmpty()) {
      configurations.add(UploadReader.readText(part));
    } else {
      refuse(part.name());
      part.handler(dropped -> {});
      part.resume();
    }
  }

  private void refuse(String name) {
    boolean known = name.equals(CODE) || name.equals(CONFIG);
    violations.add(
        new Violation(
            name,
            known
                ? "is given more than once"
                : "is not a part here: there are 'config' and 'code'"));
    if (violations.size() > MAX_OTHER_PARTS) {
      end.tryFail(ProblemException.ofViolations(violations));
    }
  }

  private List<Future<?>> parts() {
    List<Future<?>> parts = new ArrayList<>(archives);
    parts.addAll(configurations);
    return parts.isEmpty() ? List.of(Future.succeededFuture()) : parts;
  }

  private Form form() {
    // A part without a file name is an attribute; their number and size are limited by Vert.x.
    request
        .formAttributes()
        .forEach(
            (name, value) -> {
              if (name.equals(CONFIG) && configurations.isEmpty()) {
                configurations.add(Future.succeededFuture(value));
              } else {
                refuse(name);
              }
            });
    if (!violations.isEmpty()) {
      throw ProblemException.ofViolations(violations);
    }
    return new Form(
        configurations.stream().findFirst().map(Future::result),
        archives.stream().findFirst().map(Future::result));
  }
}
