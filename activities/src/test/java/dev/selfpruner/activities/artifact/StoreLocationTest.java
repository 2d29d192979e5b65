package dev.selfpruner.activities.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StoreLocationTest {
  @Test
  void survivesJson() {
    StoreLocation s3 = StoreLocation.S3.server("https://s3.example:9000", "models", "a/b");
    StoreLocation directory = new StoreLocation.Directory("/srv/store");
    assertThat(Json.read(Json.write(s3), StoreLocation.class)).isEqualTo(s3);
    assertThat(Json.read(Json.write(directory), StoreLocation.class)).isEqualTo(directory);
    assertThat(Json.write(directory)).isEqualTo("{\"type\":\"directory\",\"path\":\"/srv/store\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "Models,   '',    us-east-1, ''",
    "b,        '',    us-east-1, ''",
    "models,   /a,    us-east-1, ''",
    "models,   a/,    us-east-1, ''",
    "models,   a//b,  us-east-1, ''",
    "models,   a/../b,us-east-1, ''",
    "models,   '',    '',        ''",
    "models,   '',    us-east-1, s3.example",
    "models,   '',    us-east-1, ftp://s3.example",
    "models,   '',    us-east-1, http://s3.example?x=1",
    "models,   '',    us-east-1, http:///nowhere",
  })
  void refusesWhatIsNoLocation(String bucket, String prefix, String region, String endpoint) {
    assertThatThrownBy(() -> new StoreLocation.S3(bucket, prefix, region, endpoint, true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsLocationsFromBeforeThereWasEncryption() {
    assertThat(
            Json.readStored(
                "{\"type\":\"s3\",\"bucket\":\"models\",\"prefix\":\"\",\"region\":\"us-east-1\",\"endpoint\":\"\",\"pathStyle\":false}"
                    .getBytes(UTF_8),
                StoreLocation.class))
        .isEqualTo(StoreLocation.S3.aws("models", "", "us-east-1"));
  }

  @ParameterizedTest
  @CsvSource({"aes256", "AES256:key", "kms", "aws:kms:", "'aws:kms:a key'"})
  void refusesWhatIsNoEncryption(String text) {
    assertThatThrownBy(() -> BucketEncryption.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "http://user:secret@s3.example",
    "'http://user:secret@s3 .example'",
    "http://user:secret@s3_host",
    "http://s3.example?token=secret@"
  })
  void refusesCredentialsInAnAddressWithoutRepeatingThem(String endpoint) {
    assertThatThrownBy(() -> StoreLocation.S3.server(endpoint, "models", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .hasMessageNotContaining("secret@");
  }
}
