package dev.kiln.host;

import dev.kiln.linux.Linux;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the gateway needs of the JVM that runs this. */
final class VirtualMachine {

  private static final int OLDEST_JAVA = 17;

  private VirtualMachine() {}

  static List<Finding> examine() {
    return List.of(java(), fileNames(), temporaryFiles(), systemCalls(), epoll());
  }

  private static Finding java() {
    String version = System.getProperty("java.version");
    return Runtime.version().feature() >= OLDEST_JAVA
        ? Finding.ok("java", version)
        : Finding.missing("java", version + " is too old: install Java 17 or newer");
  }

  /** The JDK takes the encoding of file names from the locale. */
  private static Finding fileNames() {
    String encoding = System.getProperty("sun.jnu.encoding", "unknown");
    return Charset.isSupported(encoding) && Charset.forName(encoding).equals(StandardCharsets.UTF_8)
        ? Finding.ok("file-names", "UTF-8")
        : Finding.missing("file-names", encoding + ": start the JVM with LC_ALL=C.UTF-8");
  }

  /** jffi and Netty unpack their native parts there and load them. */
  private static Finding temporaryFiles() {
    Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      Path probe = Files.createTempFile(directory, "kiln", ".probe");
      Files.delete(probe);
      return Finding.ok("temporary-files", directory.toString());
    } catch (IOException e) {
      return Finding.missing(
          "temporary-files", directory + " cannot be written to: point -Djava.io.tmpdir elsewhere");
    }
  }

  private static Finding systemCalls() {
    try {
      return Finding.ok("system-calls", "as user " + Linux.userId() + " through jnr-ffi");
    } catch (LinkageError e) {
      return Finding.missing(
          "system-calls",
          "jnr-ffi does not load: it needs x86-64 or aarch64, and java.io.tmpdir without noexec");
    }
  }

  private static Finding epoll() {
    return Epoll.isAvailable()
        ? Finding.ok("epoll", "Netty's native transport")
        : Finding.missing(
            "epoll",
            "Netty's native transport does not load: it needs java.io.tmpdir without noexec");
  }
}
