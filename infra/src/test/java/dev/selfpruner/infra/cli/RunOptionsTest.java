package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.artifact.BucketEncryption;
import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.GivenConnection;
import dev.selfpruner.infra.embedded.Home;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class RunOptionsTest {
  @Command(name = "search")
  private static final class Search {
    @Mixin private RunOptions run = new RunOptions();
  }

  @Command(name = "worker")
  private static final class Worker {
    @ArgGroup(exclusive = false)
    private StoreOptions store = new StoreOptions();

    @Mixin private ConnectionOptions temporal = new ConnectionOptions();

    @Mixin private PayloadOptions payloads = new PayloadOptions();

    @Mixin private GpuFlags gpu = new GpuFlags();
  }

  @Test
  void tellsAWorkerHowToReachTheServerAndWhatEncrypts() {
    List<String> said =
        forWorker(
            "--temporal-address",
            "host:7233",
            "--temporal-profile",
            "prod",
            "--temporal-config",
            "a/temporal.toml",
            "--payload-key-file",
            "keys");
    assertThat(said)
        .containsExactlyInAnyOrder(
            "--temporal-profile=prod",
            "--temporal-config=a/temporal.toml",
            "--payload-key-file=keys");
    Worker worker = new Worker();
    commandLine(worker).parseArgs(said.toArray(String[]::new));
    assertThat(worker.temporal.given())
        .isEqualTo(new GivenConnection("", "", "prod", "a/temporal.toml"));
    assertThatThrownBy(() -> worker.payloads.keys(Map.of()))
        .hasMessageContaining("no keys for payloads can be read in keys");
  }

  @Test
  void tellsAWorkerWhatConcernsIt() {
    assertThat(
            forWorker(
                "--json",
                "--temporal-address",
                "host:7233",
                "--s3-bucket",
                "artifacts",
                "--s3-endpoint=http://host:9000",
                "--s3-virtual-hosts",
                "--devices",
                "cpu,cpu",
                "--numeric-type",
                "float16",
                "--device-memory",
                "24GiB",
                "--gram-space",
                "64GiB",
                "--stall-minutes",
                "0.5"))
        .containsExactlyInAnyOrder(
            "--s3-bucket=artifacts",
            "--s3-endpoint=http://host:9000",
            "--s3-virtual-hosts=true",
            "--devices=cpu,cpu",
            "--numeric-type=float16",
            "--device-memory=24GiB",
            "--gram-space=64GiB",
            "--stall-minutes=0.5");
  }

  @Test
  void tellsAWorkerNothingThatWasNotSaid() {
    assertThat(forWorker()).isEmpty();
    assertThat(forWorker("--json")).isEmpty();
  }

  @Test
  void isUnderstoodByAWorker() {
    Worker worker = new Worker();
    List<String> said =
        forWorker(
            "--s3-bucket",
            "artifacts",
            "--s3-prefix",
            "a/prefix",
            "--s3-endpoint",
            "http://host:9000",
            "--s3-virtual-hosts",
            "--devices",
            "cpu,cpu",
            "--host-memory",
            "1 GiB",
            "--gram-space",
            "2GiB",
            "--windows-per-chunk",
            "3");
    commandLine(worker).parseArgs(said.toArray(String[]::new));
    assertThat(worker.store.location(new Home(Path.of("/home"))))
        .isEqualTo(
            new StoreLocation.S3("artifacts", "a/prefix", "us-east-1", "http://host:9000", false));
    assertThat(worker.gpu.settings().compute().devices()).hasSize(2);
    assertThat(worker.gpu.settings().compute().memory().host()).isEqualTo(1L << 30);
    assertThat(worker.gpu.settings().compute().windowsPerChunk()).hasValue(3);
    assertThat(worker.gpu.settings().gramBytes()).isEqualTo(2L << 30);
  }

  @Test
  void readsABucketFromItsUrl() {
    assertThat(location("--store", "s3://artifacts/a/prefix/", "--s3-region", "eu-west-1"))
        .isEqualTo(StoreLocation.S3.aws("artifacts", "a/prefix", "eu-west-1"));
    assertThat(location("--store=s3://artifacts", "--s3-endpoint=http://host:9000"))
        .isEqualTo(StoreLocation.S3.server("http://host:9000", "artifacts", ""));
    assertThat(location("--store=s3://artifacts", "--s3-sse=aws:kms:alias/ours"))
        .isEqualTo(
            StoreLocation.S3
                .aws("artifacts", "", "us-east-1")
                .withEncryption(new BucketEncryption("aws:kms", "alias/ours")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--store=s3://a --s3-bucket=b",
        "--store=s3://a/c --s3-prefix=b",
        "--store=s3://",
        "--store=s3://a --s3-sse=rot13",
        "--store=dir --s3-sse=AES256"
      })
  void refusesStoresThatAreNone(String options) {
    assertThatThrownBy(() -> location(options.split(" "))).isInstanceOf(UserError.class);
  }

  private static StoreLocation location(String... arguments) {
    Worker worker = new Worker();
    commandLine(worker).parseArgs(arguments);
    return worker.store.location(new Home(Path.of("/home")));
  }

  private static List<String> forWorker(String... arguments) {
    Search search = new Search();
    commandLine(search).parseArgs(arguments);
    return new ArrayList<>(search.run.forWorker());
  }

  private static CommandLine commandLine(Object command) {
    return new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
  }
}
