package dev.kiln.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DigestTest {

  private static final String EMPTY =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @Test
  void isTheSha256OfContent() {
    assertThat(Digest.ofContent("").hex()).isEqualTo(EMPTY);
    assertThat(Digest.ofContent(new byte[0])).isEqualTo(Digest.ofHex(EMPTY)).hasToString(EMPTY);
    assertThat(Digest.ofHex(EMPTY).bytes()).hasSize(Digest.BYTES).startsWith(0xe3, 0xb0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "e3b0",
        "../../../../etc/passwd",
        "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85\n",
        "٣3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      })
  void refusesWhatTheLauncherWouldRefuse(String text) {
    assertThat(Digest.isDigest(text)).isFalse();
    assertThatThrownBy(() -> Digest.ofHex(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
