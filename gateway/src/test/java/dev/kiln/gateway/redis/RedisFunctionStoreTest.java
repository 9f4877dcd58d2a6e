package dev.kiln.gateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.gateway.RedisServer;
import dev.kiln.gateway.function.Function;
import dev.kiln.gateway.function.FunctionConflictException;
import dev.kiln.gateway.function.FunctionService;
import dev.kiln.gateway.function.FunctionStore;
import dev.kiln.gateway.function.StoreUnavailableException;
import dev.kiln.gateway.function.TestingFunctions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RedisFunctionStoreTest {

  private static final String RECONNECTED = "reconnected";

  private RedisServer redis;
  private RedisFunctionStore store;

  @BeforeEach
  void start() {
    redis = new RedisServer();
    store = store();
  }

  @AfterEach
  void stop() {
    store.close();
    redis.close();
  }

  private RedisFunctionStore store() {
    return new RedisFunctionStore(
        new RedisSettings(redis.url(), Optional.empty(), Optional.empty(), Duration.ofSeconds(2)));
  }

  private static BlockingQueue<String> listen(FunctionStore store) {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    store.listen(
        new FunctionStore.Listener() {
          @Override
          public void changed(FunctionStore.Change change) {
            heard.add(change.id().name().value());
          }

          @Override
          public void reconnected() {
            heard.add(RECONNECTED);
          }
        });
    return heard;
  }

  private static Function put(FunctionStore store, Function function) {
    store.replace(function.id(), store.find(function.id()), Optional.of(function));
    return function;
  }

  @Test
  void whatIsStoredIsThereAfterACrash() {
    Function one =
        put(
            store,
            TestingFunctions.function("one", "a").publish(TestingFunctions.revision("b"), 5));
    Function two = put(store, TestingFunctions.function("two", "c"));
    redis.kill();
    redis.start();
    try (RedisFunctionStore later = store()) {
      assertThat(later.load()).containsExactlyInAnyOrder(one, two);
      assertThat(later.find(one.id())).contains(one);
      assertThat(later.find(TestingFunctions.id("three"))).isEmpty();
    }
  }

  @Test
  void aRemovedFunctionIsGone() {
    Function one = put(store, TestingFunctions.function("one", "a"));
    store.replace(one.id(), Optional.of(one), Optional.empty());
    assertThat(store.load()).isEmpty();
    assertThat(store.find(one.id())).isEmpty();
  }

  @Test
  void aChangeOfSomethingElseThanWhatIsStoredIsRefused() {
    Function one = put(store, TestingFunctions.function("one", "a"));
    Function other = one.publish(TestingFunctions.revision("b"), 5);
    assertThatThrownBy(() -> store.replace(one.id(), Optional.empty(), Optional.of(other)))
        .isInstanceOf(FunctionConflictException.class);
    assertThatThrownBy(() -> store.replace(one.id(), Optional.of(other), Optional.empty()))
        .isInstanceOf(FunctionConflictException.class);
    assertThat(store.find(one.id())).contains(one);
    put(store, other);
    assertThat(store.find(one.id())).contains(other);
  }

  @Test
  void anotherNodeHearsOfAChangeAndThisOneDoesNotHearItsOwn() throws InterruptedException {
    try (RedisFunctionStore other = store()) {
      BlockingQueue<String> here = listen(store);
      BlockingQueue<String> there = listen(other);
      put(store, TestingFunctions.function("one", "a"));
      assertThat(there.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
      put(other, TestingFunctions.function("two", "a"));
      assertThat(here.poll(10, TimeUnit.SECONDS)).isEqualTo("two");
      assertThat(here).isEmpty();
    }
  }

  @Test
  void withoutRedisEverythingFailsSoonAndAReconnectionIsTold() throws InterruptedException {
    BlockingQueue<String> heard = listen(store);
    Function one = put(store, TestingFunctions.function("one", "a"));
    redis.kill();
    assertThatThrownBy(() -> store.find(one.id())).isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> store.replace(one.id(), Optional.of(one), Optional.empty()))
        .isInstanceOf(StoreUnavailableException.class);
    redis.start();
    assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(RECONNECTED);
    Function next = one.publish(TestingFunctions.revision("b"), 5);
    put(store, next);
    assertThat(store.find(one.id())).contains(next);
  }

  @Test
  void aChangeReturnsOnceEveryLivingNodeFollowsIt() {
    try (RedisFunctionStore otherStore = store()) {
      CompletableFuture<Void> otherDrains = new CompletableFuture<>();
      FunctionService here =
          new FunctionService(store, (id, function) -> CompletableFuture.completedFuture(null));
      FunctionService there = new FunctionService(otherStore, (id, function) -> otherDrains);
      here.start();
      there.start();
      Function one = TestingFunctions.function("one", "a");
      CompletableFuture<Optional<Function>> change =
          CompletableFuture.supplyAsync(() -> here.change(one.id(), before -> Optional.of(one)));
      assertThat(change.orTimeout(300, TimeUnit.MILLISECONDS).handle((done, late) -> late).join())
          .isNotNull();
      otherDrains.complete(null);
      assertThat(here.change(one.id(), before -> before)).contains(one);
      Function next = one.publish(TestingFunctions.revision("b"), 5);
      here.change(one.id(), before -> Optional.of(next));
      assertThat(there.find(one.id())).contains(next);
    }
  }
}
