package dev.kiln.gateway.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FunctionTest {

  private static Function published(int versions, int kept) {
    Function function = TestingFunctions.function("f", "code 1");
    for (int i = 2; i <= versions; i++) {
      function = function.publish(TestingFunctions.revision("code " + i), kept);
    }
    return function;
  }

  private static List<Integer> numbers(Function function) {
    return function.versions().stream().map(FunctionVersion::number).toList();
  }

  @Test
  void everyChangeHasTheNextNumberAndTheOldestGo() {
    assertThat(numbers(published(5, 3))).containsExactly(3, 4, 5);
    assertThat(published(5, 3).latest().number()).isEqualTo(5);
    assertThat(published(5, 3).version(2)).isEmpty();
  }

  @Test
  void whatAnAliasNamesStays() {
    Function function = published(2, 2);
    Function aliased =
        new Function(
            function.id(),
            function.createdAt(),
            function.versions(),
            Map.of("live", new Alias("live", 1, Map.of())));
    for (int i = 3; i <= 6; i++) {
      aliased = aliased.publish(TestingFunctions.revision("code " + i), 2);
    }
    assertThat(numbers(aliased)).containsExactly(1, 6);
    assertThat(aliased.resolve(Qualifier.parse("live"), 0.5).orElseThrow().number()).isEqualTo(1);
  }

  @Test
  void weightsShareTheCallsAmongVersions() {
    Alias alias = new Alias("live", 1, Map.of(2, 0.25));
    assertThat(alias.choose(0.0)).isEqualTo(2);
    assertThat(alias.choose(0.24)).isEqualTo(2);
    assertThat(alias.choose(0.25)).isEqualTo(1);
    assertThat(alias.choose(0.99)).isEqualTo(1);
    assertThatThrownBy(() -> new Alias("live", 1, Map.of(2, 0.7, 3, 0.7)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void referencesNameAVersionANumberOrAnAlias() {
    assertThat(FunctionReference.parse("f").qualifier()).isEqualTo(Qualifier.LATEST);
    assertThat(FunctionReference.parse("f:$LATEST").qualifier()).isEqualTo(Qualifier.LATEST);
    assertThat(FunctionReference.parse("f:7").qualifier()).isEqualTo(new Qualifier.Number(7));
    assertThat(FunctionReference.parse("f:live").qualifier())
        .isEqualTo(new Qualifier.Named("live"));
    assertThat(FunctionReference.parse("f").id().toString()).isEqualTo("000000000000/f");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":", "f:", "a.b", "a/b", "ä", "f:0", "f:9999999999", "f:a.b", "f:1:2", "f\n"})
  void othersAreRefused(String text) {
    assertThatThrownBy(() -> FunctionReference.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namesHaveAtMost64Characters() {
    assertThat(FunctionName.isName("a".repeat(64))).isTrue();
    assertThat(FunctionName.isName("a".repeat(65))).isFalse();
  }
}
