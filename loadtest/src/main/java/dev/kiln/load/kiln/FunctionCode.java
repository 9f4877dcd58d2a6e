package dev.kiln.load.kiln;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The functions that benchmarks call. */
public enum FunctionCode {
  /** Imports json, writes one log line: what the first-call figures are promised of. */
  LOGGING(
      """
      import json

      SERIAL = "%s"


      def handler(event, context):
          print(json.dumps({"serial": SERIAL, "event": event}))
          return {"total": sum(event["a"])}
      """),
  /** Answers with its event. */
  ECHO(
      """
      SERIAL = "%s"


      def handler(event, context):
          return event
      """);

  /** The event that benchmarks send: 12 bytes of JSON. */
  public static final String EVENT = "{\"a\":[1,22]}";

  private final String template;

  FunctionCode(String template) {
    this.template = template;
  }

  /**
   * Returns the module {@code app}, whose function is {@code handler}; another serial makes another
   * digest.
   */
  public String source(String serial) {
    return template.formatted(serial);
  }

  /** Returns the module as the archive that is deployed. */
  public byte[] zip(String serial) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      ZipEntry entry = new ZipEntry("app.py");
      entry.setTime(0);
      zip.putNextEntry(entry);
      zip.write(source(serial).getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
