package dev.selfpruner.infra.endtoend;

import dev.selfpruner.infra.embedded.RealServers;
import dev.selfpruner.infra.testing.PlainServer;
import dev.selfpruner.infra.testing.TcpLink;
import dev.selfpruner.infra.worker.WorkerRole;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import dev.selfpruner.llm.testing.WellBehaved;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * All that a search runs on where people run it for long: Temporal's server with its database, an
 * S3 server, an LLM whose answers are a function of the prompt, and workers in processes of their
 * own, each of which a test can kill and start again.
 */
final class Deployment implements AutoCloseable {
  private static final String BUCKET = "searches";
  private static final Map<String, String> KEYS =
      Map.of("AWS_ACCESS_KEY_ID", "test-access-key", "AWS_SECRET_ACCESS_KEY", "test-secret-key");

  private final Path disk;
  private final PlainServer temporal;
  private final PlainServer s3;
  private final FakeOpenAiServer llm;
  private final TcpLink toLlm;
  private final AtomicReference<Optional<Reply>> refusal = new AtomicReference<>(Optional.empty());
  private final List<RemoteWorker> workers = new ArrayList<>();
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  private Deployment(Path folder, Path disk) throws Exception {
    this.disk = disk;
    try {
      temporal = own(PlainServer.temporal(RealServers.temporalCli(), folder));
      Path buckets = Files.createDirectories(disk.resolve("buckets"));
      Files.createDirectory(buckets.resolve(BUCKET));
      s3 =
          own(
              PlainServer.s3(
                  RealServers.versityGateway(), buckets, folder.resolve("versitygw.log"), KEYS));
      llm =
          own(
              FakeOpenAiServer.start(
                  prompt -> refusal.get().orElseGet(() -> Reply.text(WellBehaved.answer(prompt)))));
      toLlm = own(TcpLink.to(URI.create(llm.baseUrl()).getPort()));
    } catch (Exception e) {
      closeOwned();
      throw e;
    }
  }

  private <T extends AutoCloseable> T own(T part) {
    owned.push(part);
    return part;
  }

  /**
   * Starts the servers and workers.
   *
   * @param folder for homes, logs and Temporal's database; it is made
   * @param disk that the store's files go to
   */
  static Deployment start(Path folder, Path disk, List<WorkerRole> roles) throws Exception {
    Files.createDirectories(folder);
    Deployment deployment = new Deployment(folder, disk);
    try {
      for (WorkerRole role : roles) {
        Path home = folder.resolve("worker-" + deployment.workers.size());
        deployment.workers.add(
            deployment.own(
                RemoteWorker.start(
                    role, home, deployment.temporal.port(), deployment.s3.port(), KEYS)));
      }
      return deployment;
    } catch (Exception e) {
      deployment.close();
      throw e;
    }
  }

  /** How a command is told of the servers. */
  static List<String> options(int temporalPort, int s3Port) {
    return List.of(
        "--temporal-address",
        "127.0.0.1:" + temporalPort,
        "--store",
        "s3://" + BUCKET + "/of-the-test",
        "--s3-endpoint",
        "http://127.0.0.1:" + s3Port);
  }

  /** Starts a search, or watches it further, with candidates of the LLM. */
  CommandProcess search(DemoSearch search, String... more) throws IOException {
    Stream<String> llmOptions =
        Stream.of(
            "--no-workers",
            "--llm-model",
            "scripted",
            "--llm-url",
            "http://127.0.0.1:%d/v1".formatted(toLlm.port()));
    return search.start(
        KEYS,
        Stream.of(options(temporal.port(), s3.port()).stream(), llmOptions, Stream.of(more))
            .flatMap(each -> each)
            .toArray(String[]::new));
  }

  PlainServer temporal() {
    return temporal;
  }

  PlainServer s3() {
    return s3;
  }

  TcpLink toLlm() {
    return toLlm;
  }

  /** Has the LLM answer so from now on; as it should where this is empty. */
  void llmAnswers(Optional<Reply> reply) {
    refusal.set(reply);
  }

  List<RemoteWorker> workers() {
    return workers;
  }

  RemoteWorker worker(WorkerRole role) {
    return workers.stream().filter(each -> each.role() == role).findFirst().orElseThrow();
  }

  /** What all GPU workers began and ended, in the order of time. */
  Journal journal() throws IOException {
    List<Journal> journals = new ArrayList<>();
    for (RemoteWorker worker : workers) {
      journals.add(worker.journal());
    }
    return Journal.together(journals);
  }

  /** Starts workers again that ended by themselves, as a supervisor does; says which. */
  List<String> revive() throws IOException {
    List<String> revived = new ArrayList<>();
    for (RemoteWorker worker : workers) {
      if (!worker.isRunning()) {
        revived.add("%s: %s".formatted(worker.role(), worker.errors()));
        worker.start();
      }
    }
    return revived;
  }

  /** The store's files. */
  StoredFiles files() {
    return new StoredFiles(disk.resolve("buckets").resolve(BUCKET).resolve("of-the-test"));
  }

  @Override
  public void close() throws IOException {
    closeOwned();
  }

  private void closeOwned() throws IOException {
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        throw new IOException("cannot stop a part of the deployment", e);
      }
    }
  }
}
