package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.restassured.response.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left when a part of Kiln dies under load, and what is there again afterwards. */
final class FaultIT {

  private static final String SLOW =
      "import time\ndef handler(event, context):\n    time.sleep(event)\n    return 'slept'";

  @TempDir Path home;

  @Test
  void aPortThatIsTakenIsToldInOneLineAndEndsTheStart() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RunningKiln kiln = RunningKiln.launch(home, taken.getLocalPort())) {
      assertThat(kiln.awaitExit()).isEqualTo(1);
      assertThat(kiln.output().lines())
          .filteredOn(line -> line.contains(" ERROR "))
          .singleElement(InstanceOfAssertFactories.STRING)
          .contains("Kiln cannot listen on 127.0.0.1, port " + taken.getLocalPort())
          .contains("choose another port with KILN_PORT");
      assertThat(kiln.output().lines()).noneMatch(line -> line.startsWith("\tat "));
    }
  }

  @Test
  void withoutRedisCallsGoOnAndDeploymentsComeBack() {
    try (RunningKiln kiln = RunningKiln.start(home)) {
      PythonFunction function =
          PythonFunction.deploy(kiln, "def handler(event, context): return 1");
      AtomicBoolean going = new AtomicBoolean(true);
      CompletableFuture<Void> caller =
          CompletableFuture.runAsync(
              () -> {
                while (going.get()) {
                  function.call().then().statusCode(200);
                }
              });
      for (int i = 0; i < 3; i++) {
        kiln.kill("redis-server");
        Response refused = function.put("def handler(event, context): return " + (i + 2), "");
        if (refused.statusCode() != 200) {
          refused.then().statusCode(503).body("code", equalTo("store-unavailable"));
        }
        int next = i + 2;
        await(
            "deployments work again",
            () ->
                function.put("def handler(event, context): return " + next, "").statusCode()
                    == 200);
        function.call().then().statusCode(200).body(equalTo(Integer.toString(next)));
      }
      going.set(false);
      caller.join();
    }
  }

  @Test
  void aKilledBaseZygoteFailsCallsInFlightAndComesBack() {
    try (RunningKiln kiln = RunningKiln.start(home)) {
      PythonFunction function = PythonFunction.deploy(kiln, SLOW, "&timeout=30");
      function.call("0").then().statusCode(200);
      CompletableFuture<Response> inFlight =
          CompletableFuture.supplyAsync(() -> function.call("20"));
      await(
          "it runs",
          () -> kiln.given().get("/pool").<List<Integer>>path("versions.busy").contains(1));
      kiln.kill("kiln-base");
      inFlight
          .join()
          .then()
          .statusCode(503)
          .body("code", equalTo("engine-failed"))
          .body("class", equalTo("kiln"));
      await("calls work again", () -> function.call("0").statusCode() == 200);
      await("it is ready again", kiln::isReady);
    }
  }

  @Test
  void aStopLetsCallsEndAndRefusesWhatComesThen() {
    try (RunningKiln kiln = RunningKiln.start(home)) {
      PythonFunction function = PythonFunction.deploy(kiln, SLOW, "&timeout=30&concurrency=8");
      function.call("0").then().statusCode(200);
      CompletableFuture<Response> inFlight =
          CompletableFuture.supplyAsync(() -> function.call("3"));
      await(
          "it runs",
          () -> kiln.given().get("/pool").<List<Integer>>path("versions.busy").contains(1));
      kiln.terminate();
      await("new calls are refused", () -> function.call("0").statusCode() == 503);
      function.call("0").then().statusCode(503).body("code", equalTo("stopping"));
      inFlight.join().then().statusCode(200);
      assertThat(kiln.awaitExit()).isZero();
    }
  }

  @Test
  void aGatewayKilledUnderLoadLeavesNothingAndTheNextStartHasTheFunctions() throws Exception {
    dieUnderLoad(kiln -> kiln.kill("java"), true);
  }

  @Test
  void aLauncherKilledUnderLoadLeavesNoProcessAndTheNextStartHasTheFunctions() throws Exception {
    dieUnderLoad(RunningKiln::killLauncher, false);
  }

  private void dieUnderLoad(java.util.function.Consumer<RunningKiln> death, boolean groupsGo)
      throws Exception {
    String name;
    try (RunningKiln kiln = RunningKiln.start(home)) {
      PythonFunction function = PythonFunction.deploy(kiln, SLOW, "&timeout=30&concurrency=8");
      name = function.name();
      List<CompletableFuture<Void>> load = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        load.add(
            CompletableFuture.runAsync(
                () -> {
                  while (function.call("0.01").statusCode() == 200) {}
                },
                command -> new Thread(command).start()));
      }
      await(
          "it runs",
          () -> kiln.given().get("/pool").<List<Integer>>path("versions.busy").get(0) > 2);
      List<ProcessHandle> processes = kiln.processes();
      List<Path> groups = groups(kiln);
      assertThat(groups).isNotEmpty();
      death.accept(kiln);
      assertThat(kiln.awaitExit()).isNotZero();
      load.forEach(one -> assertThat(one.handle((done, failure) -> failure).join()).isNotNull());
      await("no process is left", () -> processes.stream().noneMatch(RunningKiln::lives));
      if (groupsGo) {
        assertThat(groups).noneMatch(Files::exists);
      }
      assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(home.toString());
    }
    try (RunningKiln kiln = RunningKiln.start(home)) {
      kiln.given().get("/functions/" + name).then().statusCode(200).body("version", equalTo(1));
      kiln.given()
          .body("0")
          .post("/functions/" + name + "/invocations")
          .then()
          .statusCode(200)
          .body(equalTo("\"slept\""));
    }
  }

  /** Returns the top groups in which this Kiln's processes are, of every hierarchy. */
  private static List<Path> groups(RunningKiln kiln) throws Exception {
    try (Stream<Path> all = Files.walk(Path.of("/sys/fs/cgroup"), 4)) {
      List<Path> slots =
          all.filter(group -> group.getFileName().toString().startsWith("slot-")).toList();
      List<String> pids =
          kiln.processes().stream().map(process -> Long.toString(process.pid())).toList();
      List<Path> ours = new ArrayList<>();
      for (Path slot : slots) {
        Path members = slot.resolve("cgroup.procs");
        if (Files.exists(members)
            && Files.readAllLines(members).stream().anyMatch(pids::contains)) {
          ours.add(slot.getParent());
        }
      }
      return ours.stream().distinct().toList();
    }
  }

  @Test
  void aStopLetsCallsEndAndAStartHasTheFunctionsAgain() {
    CompletableFuture<Response> inFlight;
    String name;
    try (RunningKiln kiln = RunningKiln.start(home)) {
      PythonFunction function = PythonFunction.deploy(kiln, SLOW, "&timeout=30&memory=256");
      name = function.name();
      inFlight = CompletableFuture.supplyAsync(() -> function.call("2"));
      await(
          "it runs",
          () -> kiln.given().get("/pool").<List<Integer>>path("versions.busy").contains(1));
    }
    inFlight.join().then().statusCode(200).body(equalTo("\"slept\""));
    try (RunningKiln kiln = RunningKiln.start(home)) {
      kiln.given().get("/functions/" + name).then().statusCode(200).body("memory", equalTo(256));
    }
  }
}
