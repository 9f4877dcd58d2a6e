package dev.kiln.load.peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An OCI bundle that runs a function's handler once: the interpreter and the root file system of
 * Kiln's runtime, the function's code at {@code /var/task}, all namespaces, no capability, limits
 * of memory and processes. It leaves out a seccomp filter and a user of its own, which would only
 * cost it time.
 */
final class CrunBundle {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MEMORY_BYTES = 128L << 20;
  private static final int PROCESSES = 64;

  /** What a bootstrap cannot leave out: find the handler, read the event, write the answer. */
  private static final String ONE_CALL =
      """
      import sys
      sys.path.insert(0, "/var/task")
      import json
      import app
      print(json.dumps(app.handler(json.loads(sys.argv[1]), None)), flush=True)
      """;

  private final Path folder;

  private CrunBundle(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes a bundle.
   *
   * @param folder where; made if missing
   * @param rootfs the runtime's root file system
   * @param source the module {@code app}
   */
  static CrunBundle write(Path folder, Path rootfs, String source, String event) {
    try {
      Path task = Files.createDirectories(folder.resolve("task"));
      Files.writeString(task.resolve("app.py"), source);
      Files.writeString(
          folder.resolve("config.json"), JSON.writeValueAsString(config(rootfs, task, event)));
      return new CrunBundle(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a bundle to " + folder, e);
    }
  }

  Path folder() {
    return folder;
  }

  private static ObjectNode config(Path rootfs, Path task, String event) {
    ObjectNode config = JSON.createObjectNode().put("ociVersion", "1.0.0").put("hostname", "crun");
    config.putObject("root").put("path", rootfs.toString()).put("readonly", true);
    config.set("process", process(event));
    ArrayNode mounts = config.putArray("mounts");
    mounts.add(mount("/proc", "proc", "proc", null));
    mounts.add(mount("/dev", "tmpfs", "tmpfs", List.of("nosuid", "mode=755", "size=65536k")));
    mounts.add(mount("/tmp", "tmpfs", "tmpfs", List.of("nosuid", "nodev", "size=64m")));
    mounts.add(
        mount("/var/task", "bind", task.toString(), List.of("bind", "ro", "nosuid", "nodev")));
    ObjectNode linux = config.putObject("linux");
    ArrayNode namespaces = linux.putArray("namespaces");
    List.of("pid", "network", "ipc", "uts", "mount")
        .forEach(type -> namespaces.addObject().put("type", type));
    ObjectNode resources = linux.putObject("resources");
    resources.putObject("memory").put("limit", MEMORY_BYTES);
    resources.putObject("pids").put("limit", PROCESSES);
    return config;
  }

  private static ObjectNode process(String event) {
    ObjectNode process =
        JSON.createObjectNode().put("terminal", false).put("cwd", "/").put("noNewPrivileges", true);
    process.putObject("user").put("uid", 0).put("gid", 0);
    List.of("/usr/bin/python3.11", "-I", "-S", "-c", ONE_CALL, event)
        .forEach(process.putArray("args")::add);
    process.putArray("env").add("PATH=/usr/bin:/bin").add("LANG=C.UTF-8");
    ObjectNode none = process.putObject("capabilities");
    List.of("bounding", "effective", "inheritable", "permitted", "ambient").forEach(none::putArray);
    return process;
  }

  private static ObjectNode mount(
      String destination, String type, String source, @Nullable List<String> options) {
    ObjectNode mount =
        JSON.createObjectNode()
            .put("destination", destination)
            .put("type", type)
            .put("source", source);
    if (options != null) {
      options.forEach(mount.putArray("options")::add);
    }
    return mount;
  }
}
