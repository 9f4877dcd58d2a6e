package dev.kiln.gateway.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

final class FunctionServiceTest {

  private static final FunctionId ID = TestingFunctions.id("one");

  private final List<Optional<Function>> told = new ArrayList<>();
  private boolean failing;

  private CompletionStage<Void> tell(Optional<Function> function) {
    told.add(function);
    return failing
        ? CompletableFuture.failedFuture(new IllegalStateException("a bundle cannot be read"))
        : CompletableFuture.completedFuture(null);
  }

  @Test
  void aChangeThatTheListenerFailedAtComesAgain() {
    FunctionService service =
        new FunctionService(new TestingStore(), (id, function) -> tell(function));
    Function function = TestingFunctions.function("one", "v1");
    failing = true;
    assertThatThrownBy(() -> service.change(ID, before -> Optional.of(function)))
        .hasRootCauseMessage("a bundle cannot be read");
    assertThat(service.find(ID)).isEmpty();
    failing = false;
    service.change(ID, before -> before);
    assertThat(service.find(ID)).contains(function);
    assertThat(told).containsExactly(Optional.of(function), Optional.of(function));
    service.change(ID, before -> before);
    assertThat(told).as("what is in effect is not told again").hasSize(2);
  }
}
