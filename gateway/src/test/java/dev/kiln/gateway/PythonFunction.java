package dev.kiln.gateway;

import io.restassured.response.Response;
import java.util.concurrent.atomic.AtomicInteger;

/** A function in Python that a test deploys; its name is the test's own. */
final class PythonFunction {

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final RunningKiln kiln;
  private final String name = "f" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();

  private PythonFunction(RunningKiln kiln) {
    this.kiln = kiln;
  }

  /** Deploys {@code code} as {@code app.py}, with more parameters that start with an ampersand. */
  static PythonFunction deploy(RunningKiln kiln, String code, String parameters) {
    PythonFunction function = new PythonFunction(kiln);
    function.put(code, parameters).then().statusCode(201);
    return function;
  }

  static PythonFunction deploy(RunningKiln kiln, String code) {
    return deploy(kiln, code, "");
  }

  /** Returns one that is not deployed yet. */
  static PythonFunction undeployed(RunningKiln kiln) {
    return new PythonFunction(kiln);
  }

  Response put(String code, String parameters) {
    return kiln.given()
        .contentType("application/zip")
        .body(Zips.app(code))
        .put("/functions/" + name + "?runtime=python3.11&handler=app.handler" + parameters);
  }

  Response call(String event) {
    return kiln.given().body(event).post(path());
  }

  Response call() {
    return call("{}");
  }

  String path() {
    return "/functions/" + name + "/invocations";
  }

  String name() {
    return name;
  }

  String log() {
    return kiln.given().get("/functions/" + name + "/logs").asString();
  }
}
