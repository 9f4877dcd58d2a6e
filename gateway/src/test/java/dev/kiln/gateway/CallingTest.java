package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.gateway.admission.Admission;
import dev.kiln.gateway.http.ByteBudget;
import jakarta.inject.Inject;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;

/** Tests that call functions: whatever their calls took is given back after each. */
abstract class CallingTest {

  @Inject TestingSandboxes sandboxes;
  @Inject Admission admission;
  @Inject ByteBudget held;

  @AfterEach
  void everythingIsGivenBack() {
    await("every lease is closed", () -> sandboxes.pool().open.get() == 0);
    await("nothing runs or waits", () -> admission.running() == 0 && admission.waiting() == 0);
    await("nothing is held", () -> held.held() == 0);
    assertThat(sandboxes.pool().mistakes).isEmpty();
  }

  static CompletableFuture<String> done(String answer) {
    return CompletableFuture.completedFuture(answer);
  }
}
