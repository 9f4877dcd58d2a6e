package dev.kiln.gateway.function;

import dev.kiln.image.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A function with its versions and aliases: what is stored, cached and replaced as one value.
 *
 * @param id its identity
 * @param createdAt when it was first deployed
 * @param versions its published versions that are kept, oldest first; the last is what {@code
 *     $LATEST} means
 * @param aliases by name
 */
public record Function(
    FunctionId id, Instant createdAt, List<FunctionVersion> versions, Map<String, Alias> aliases) {

  /** Throws {@link IllegalArgumentException} unless there is a version and the numbers ascend. */
  public Function {
    versions = List.copyOf(versions);
    aliases = Map.copyOf(aliases);
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("A function has at least one version");
    }
    for (int i = 1; i < versions.size(); i++) {
      if (versions.get(i - 1).number() >= versions.get(i).number()) {
        throw new IllegalArgumentException("Versions ascend");
      }
    }
  }

  /** Returns a new function whose version 1 is {@code revision}. */
  public static Function create(FunctionId id, Revision revision) {
    return new Function(
        id, revision.createdAt(), List.of(new FunctionVersion(1, revision)), Map.of());
  }

  /**
   * Returns this function with {@code revision} published as the next number. The oldest versions
   * that no alias names go once there are more than {@code kept}.
   */
  public Function publish(Revision revision, int kept) {
    List<FunctionVersion> all = new ArrayList<>(versions);
    all.add(new FunctionVersion(latest().number() + 1, revision));
    Set<Integer> named =
        aliases.values().stream()
            .flatMap(
                alias ->
                    Stream.concat(Stream.of(alias.number()), alias.weights().keySet().stream()))
            .collect(Collectors.toSet());
    int surplus = all.size() - Math.max(1, kept);
    for (int i = 0; i < all.size() - 1 && surplus > 0; ) {
      if (named.contains(all.get(i).number())) {
        i++;
      } else {
        all.remove(i);
        surplus--;
      }
    }
    return new Function(id, createdAt, all, aliases);
  }

  /** Returns the version deployed last. */
  public FunctionVersion latest() {
    return versions.get(versions.size() - 1);
  }

  /** Returns when it was last changed. */
  public Instant updatedAt() {
    return latest().revision().createdAt();
  }

  /** Returns the version with that number, if it is kept. */
  public Optional<FunctionVersion> version(int number) {
    return versions.stream().filter(version -> version.number() == number).findFirst();
  }

  /**
   * Returns the version that {@code qualifier} means; {@code sample}, from 0 to 1, decides where an
   * alias has weights.
   */
  public Optional<FunctionVersion> resolve(Qualifier qualifier, double sample) {
    if (qualifier instanceof Qualifier.Number number) {
      return version(number.value());
    }
    if (qualifier instanceof Qualifier.Named named) {
      return Optional.ofNullable(aliases.get(named.alias()))
          .flatMap(alias -> version(alias.choose(sample)));
    }
    return Optional.of(latest());
  }

  /** Returns the digests of all code that its versions need. */
  public Set<Digest> codes() {
    return versions.stream().map(version -> version.revision().code()).collect(Collectors.toSet());
  }
}
