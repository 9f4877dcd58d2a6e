package dev.kiln.gateway.http;

import dev.kiln.gateway.function.FunctionId;
import dev.kiln.gateway.function.FunctionName;
import dev.kiln.gateway.function.FunctionReference;
import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.gateway.problem.Violation;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/** The part of a path that names a function. */
public final class PathSegments {

  private PathSegments() {}

  /**
   * Returns what {@code segment}, {@code name} or {@code name:qualifier} as it was sent, refers to.
   */
  public static FunctionReference reference(String segment) {
    return parse(segment, FunctionReference::parse);
  }

  /** Returns the function that {@code segment}, a name as it was sent, names. */
  public static FunctionId function(String segment) {
    return parse(segment, name -> FunctionId.of(new FunctionName(name)));
  }

  private static <T> T parse(String segment, Function<String, T> parser) {
    try {
      return parser.apply(
          segment.indexOf('%') < 0 ? segment : URLDecoder.decode(segment, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw ProblemException.ofViolations(List.of(new Violation("name", e.getMessage())));
    }
  }
}
