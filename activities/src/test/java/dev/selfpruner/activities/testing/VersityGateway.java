package dev.selfpruner.activities.testing;

import dev.selfpruner.activities.artifact.StoreLocation;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.ImageFromDockerfile;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A real S3 server in a container of its own, with one empty bucket. The image is built around the
 * server's static binary, which is the file named by {@code SELFPRUNER_VERSITYGW}, or {@code
 * versitygw} on the path; nothing is pulled.
 *
 * <p>A test calls {@link #startOrSkip()}. A class that starts one for all its tests is annotated
 * with {@code @ExtendWith(VersityGateway.Needed.class)}: where the binary or a container engine is
 * missing it is skipped, unless {@code SELFPRUNER_REQUIRE_SERVERS} is {@code true}: then it fails.
 * Its name ends in {@code ServerTest}; the continuous build fails when a class of that name was
 * skipped.
 */
public final class VersityGateway implements AutoCloseable {
  private static final int PORT = 7070;
  private static final String BUCKET = "selfpruner-test";
  private static final String REGION = "us-east-1";
  private static final String ACCESS_KEY = "test-access-key";
  private static final String SECRET_KEY = "test-secret-key";

  private final GenericContainer<?> container;

  private VersityGateway(GenericContainer<?> container) {
    this.container = container;
  }

  /** Skips a test class where the server can't be started. */
  public static final class Needed implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Optional<String> missing = missing();
      if (missing.isEmpty()) {
        return ConditionEvaluationResult.enabled("versitygw and a container engine are there");
      }
      if (required()) {
        return ConditionEvaluationResult.enabled("servers are required, and the start will fail");
      }
      return ConditionEvaluationResult.disabled(missing.get());
    }
  }

  /**
   * Starts a server, or skips the calling test. Not for {@code @BeforeAll}: JUnit then reports no
   * test at all, where {@link Needed} reports each as skipped.
   */
  public static VersityGateway startOrSkip() {
    Optional<String> missing = missing();
    Assumptions.assumeTrue(missing.isEmpty() || required(), () -> missing.orElse(""));
    return start();
  }

  /**
   * Starts a server.
   *
   * @throws IllegalStateException if its binary or a container engine is missing
   */
  public static VersityGateway start() {
    missing()
        .ifPresent(
            what -> {
              throw new IllegalStateException(what);
            });
    VersityGateway gateway = new VersityGateway(container(binary().orElseThrow()));
    gateway.startWithBucket();
    return gateway;
  }

  /** Address of the server, {@code http://host:port}. */
  public String endpoint() {
    return "http://%s:%d".formatted(container.getHost(), container.getMappedPort(PORT));
  }

  /** A store in the server's bucket, for which {@link #environment()} has the credentials. */
  public StoreLocation.S3 location(String prefix) {
    return new StoreLocation.S3(BUCKET, prefix, REGION, endpoint(), true);
  }

  /** Credentials for processes that a test starts, as environment variables. */
  public Map<String, String> environment() {
    return Map.of("AWS_ACCESS_KEY_ID", ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", SECRET_KEY);
  }

  /** Credentials for stores in this process, until {@link #close()}: sets system properties. */
  public VersityGateway provideCredentials() {
    System.setProperty("aws.accessKeyId", ACCESS_KEY);
    System.setProperty("aws.secretAccessKey", SECRET_KEY);
    return this;
  }

  /** A client of the server, to look behind a store's back. */
  public S3Client client() {
    return S3Client.builder()
        .region(Region.of(REGION))
        .endpointOverride(URI.create(endpoint()))
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  @Override
  public void close() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    container.close();
  }

  private void startWithBucket() {
    try {
      container.start();
    } catch (ContainerLaunchException e) {
      throw new IllegalStateException(
          "versitygw did not start; is its binary a static one (CGO_ENABLED=0)?", e);
    }
    try (S3Client client = client()) {
      client.createBucket(request -> request.bucket(BUCKET));
    }
  }

  private static GenericContainer<?> container(Path binary) {
    ImageFromDockerfile image =
        new ImageFromDockerfile()
            .withFileFromPath("versitygw", binary)
            .withDockerfileFromBuilder(
                file ->
                    file.from("scratch")
                        .copy("versitygw", "/versitygw")
                        .workDir("/data")
                        .volume("/data")
                        .entryPoint("/versitygw", "posix", "/data")
                        .build());
    return new GenericContainer<>(image)
        .withEnv("ROOT_ACCESS_KEY", ACCESS_KEY)
        .withEnv("ROOT_SECRET_KEY", SECRET_KEY)
        .withEnv("VGW_HEALTH", "/health")
        .withExposedPorts(PORT)
        .waitingFor(Wait.forHttp("/health"));
  }

  private static Optional<Path> binary() {
    String named = System.getenv("SELFPRUNER_VERSITYGW");
    if (named != null) {
      return Optional.of(Path.of(named)).filter(Files::isExecutable);
    }
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, "versitygw"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static boolean required() {
    return Boolean.parseBoolean(System.getenv("SELFPRUNER_REQUIRE_SERVERS"));
  }

  /** What keeps the server from being started here, and what to do about it. */
  private static Optional<String> missing() {
    if (binary().isEmpty()) {
      return Optional.of(
          "no versitygw on the path, and none named by SELFPRUNER_VERSITYGW: build its static binary with"
              + " CGO_ENABLED=0 go install github.com/versity/versitygw/cmd/versitygw@v1.8.0");
    }
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return Optional.of("no container engine answers: start one, or set DOCKER_HOST");
    }
    return Optional.empty();
  }
}
