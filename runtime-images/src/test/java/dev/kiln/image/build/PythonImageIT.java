package dev.kiln.image.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python image as it is shipped, built on this host and looked at from inside. */
final class PythonImageIT {

  private static final long MAX_BYTES = 40_000_000;

  @TempDir static Path directory;
  private static BuiltImage image;
  private static Path root;

  @BeforeAll
  static void build() throws Exception {
    image =
        ImageBuilder.build(TestingDescriptor.python(directory), directory.resolve("image")).image();
    root = directory.resolve("image/rootfs");
  }

  @Test
  void isSmall() {
    assertThat(image.unpackedBytes()).isLessThanOrEqualTo(MAX_BYTES);
  }

  @Test
  void comesOutTheSameTwice() throws Exception {
    BuiltImage second =
        ImageBuilder.build(directory.resolve("runtime.json"), directory.resolve("again")).image();
    assertThat(second).isEqualTo(image);
  }

  @Test
  void belongsToWhoeverBuiltItAndOnlyHeCanWrite() throws IOException {
    Object builder = Files.getAttribute(directory, "unix:uid");
    try (Stream<Path> paths = Files.walk(root)) {
      assertThat(paths.filter(path -> !Files.isSymbolicLink(path)))
          .allSatisfy(
              path -> {
                Map<String, Object> attributes =
                    Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
                assertThat((Integer) attributes.get("mode") & 07777).isIn(0755, 0644);
                assertThat(attributes.get("uid")).isEqualTo(builder);
              });
    }
  }

  @Test
  void hasNoLinkThatLeadsNowhere() throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      assertThat(paths.filter(Files::isSymbolicLink))
          .isNotEmpty()
          .allSatisfy(
              link -> {
                Path target =
                    Path.of("/")
                        .resolve(root.relativize(link))
                        .resolveSibling(Files.readSymbolicLink(link));
                assertThat(root.resolve(Path.of("/").relativize(target.normalize()))).exists();
              });
    }
  }

  @Test
  void importsWhatFunctionsExpect() throws IOException {
    assertThat(
            inside(
                """
            import asyncio, bz2, csv, ctypes, dataclasses, datetime, decimal, email, hashlib, hmac, http.client, json
            import logging, lzma, mmap, multiprocessing.shared_memory, pickle, queue, random, resource, select, socket
            import sqlite3, ssl, statistics, struct, subprocess, tempfile, termios, threading, tomllib, typing
            import unicodedata, unittest.mock, urllib.request, uuid, xml.etree.ElementTree, zipfile, zlib, zoneinfo
            assert uuid.uuid4() != uuid.uuid4()
            assert sqlite3.connect(":memory:").execute("select 6 * 7").fetchone() == (42,)
            assert lzma.decompress(lzma.compress(b"x")) == bz2.decompress(bz2.compress(b"x")) == b"x"
            assert hashlib.new("sha3_256", b"").hexdigest() and hashlib.scrypt(b"", salt=b"", n=2, r=1, p=1)
            assert decimal.Decimal.__module__ == "decimal" and "_decimal" in __import__("sys").modules
            assert ctypes.CDLL("libc.so.6").getpid() > 0
            assert xml.etree.ElementTree.fromstring("<a>b</a>").text == "b"
            assert "漢".encode("shift_jis").decode("shift_jis") == "漢"
            async def answer(): return await asyncio.to_thread(lambda: 42)
            assert asyncio.run(answer()) == 42
            print("all imported")
            """))
        .isEqualTo("all imported");
  }

  @Test
  void knowsCertificatesAndTimeZones() throws IOException {
    assertThat(
            inside(
                """
            import datetime, ssl, zoneinfo
            print(ssl.create_default_context().cert_store_stats()["x509_ca"] > 100)
            print(datetime.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")).utcoffset())
            """))
        .isEqualTo("True\n2:00:00");
  }

  @Test
  void hasBytecodeThatIsNeverChecked() throws IOException {
    assertThat(
            inside(
                """
            import importlib.util, json.decoder, pathlib
            cached = list(pathlib.Path("/usr/lib/python3.11").rglob("*.pyc"))
            sources = list(pathlib.Path("/usr/lib/python3.11").rglob("*.py"))
            print(len(cached) == len(sources) > 400)
            print({path.read_bytes()[4] for path in cached})
            print(json.decoder.JSONDecoder.decode.__code__.co_filename)
            """))
        .isEqualTo("True\n{1}\n/usr/lib/python3.11/json/decoder.py");
  }

  @Test
  void hasNoShellAndNoTests() {
    assertThat(root.resolve("usr/bin/sh")).doesNotExist();
    assertThat(root.resolve("usr/lib/python3.11/test")).doesNotExist();
    assertThat(root.resolve("usr/share/doc")).doesNotExist();
  }

  /** Runs a script with nothing but the image around it. */
  private static String inside(String script) throws IOException {
    assumeTrue(
        Files.getAttribute(directory, "unix:uid").equals(0), "needs CAP_SYS_CHROOT: run as root");
    HostCommand.Result result =
        HostCommand.run(
            List.of(
                "/usr/sbin/chroot",
                root.toString(),
                "/usr/bin/python3.11",
                "-I",
                "-S",
                "-B",
                "-c",
                script),
            image.environment());
    assertThat(result.status()).as(result.output()).isZero();
    return result.output().strip();
  }
}
