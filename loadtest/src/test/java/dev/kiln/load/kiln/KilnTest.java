package dev.kiln.load.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

final class KilnTest {

  @Test
  void aPictureOfThePoolIsReadAndUnknownFieldsArePassedOver() throws IOException {
    String json =
        """
        {"runtimes": [{"name": "python3.11", "stemsPlain": 8, "stemsWarmed": 4, "stemTarget": 12, "zygoteUp": true}],
         "transitions": {"STARTING>STEM": 40, "STEM>BUSY": 20, "IDLE>BUSY": 7}, "slotsUsed": 12, "slots": 64}
        """;
    PoolPicture picture = new ObjectMapper().readValue(json, PoolPicture.class);
    assertThat(picture.stems()).isEqualTo(12);
    assertThat(picture.warmed()).isEqualTo(4);
    assertThat(picture.wanted()).isEqualTo(12);
    assertThat(picture.slotsUsed()).isEqualTo(12);
  }

  @Test
  void anotherSerialMakesAnotherArchiveAndTheSameTheSame() throws IOException {
    byte[] first = FunctionCode.LOGGING.zip("a");
    assertThat(FunctionCode.LOGGING.zip("a")).isEqualTo(first);
    assertThat(FunctionCode.LOGGING.zip("b")).isNotEqualTo(first);
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(first))) {
      assertThat(zip.getNextEntry().getName()).isEqualTo("app.py");
      assertThat(new String(zip.readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("import json\n\nSERIAL = \"a\"\n")
          .contains("print(");
    }
  }

  @Test
  void theEventHasTwelveBytes() {
    assertThat(FunctionCode.EVENT).hasSize(12);
  }

  @Test
  void settingsBecomeOptionsOfTheVirtualMachine() {
    assertThat(Settings.PLAIN_STEMS.jvmOptions()).isEqualTo("-Dkiln.pool.stems-warmed=0");
    assertThat(Settings.STANDARD.jvmOptions()).isEmpty();
  }
}
