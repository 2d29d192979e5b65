package dev.selfpruner.infra.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.Connections;
import dev.selfpruner.infra.connection.GivenConnection;
import dev.selfpruner.infra.testing.Certificates;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceResponse;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that knows one key and one namespace, over TLS. */
class ApiKeyTest {
  private static final String KEY = "the-right-key-of-this-test";
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("Authorization", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir private Path folder;
  private final List<Metadata> seen = new CopyOnWriteArrayList<>();
  private Certificates.Identity identity;
  private Server server;

  /** Refuses as Temporal Cloud does, and repeats the key, which no server should. */
  private final class Doorkeeper implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      seen.add(headers);
      String authorization = String.valueOf(headers.get(AUTHORIZATION));
      if (authorization.equals("Bearer " + KEY)) {
        return next.startCall(call, headers);
      }
      call.close(
          Status.UNAUTHENTICATED.withDescription("nobody knows " + authorization), new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  private static final class OneNamespace extends WorkflowServiceGrpc.WorkflowServiceImplBase {
    @Override
    public void getSystemInfo(
        GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
      answer.onNext(GetSystemInfoResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void describeNamespace(
        DescribeNamespaceRequest request, StreamObserver<DescribeNamespaceResponse> answer) {
      if (request.getNamespace().equals("mine.acc")) {
        answer.onNext(DescribeNamespaceResponse.getDefaultInstance());
        answer.onCompleted();
      } else {
        answer.onError(Status.NOT_FOUND.withDescription("no such namespace").asException());
      }
    }
  }

  @BeforeEach
  void start() throws Exception {
    identity = Certificates.make(folder, "server");
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TlsServerCredentials.create(
                    identity.certificate().toFile(), identity.key().toFile()))
            .addService(new OneNamespace())
            .intercept(new Doorkeeper())
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  @Test
  void isSentWithEveryRequest() {
    try (TemporalServer remote = connect(KEY, "mine.acc")) {
      assertThat(remote.namespace()).isEqualTo("mine.acc");
    }
    assertThat(seen)
        .isNotEmpty()
        .allMatch(each -> ("Bearer " + KEY).equals(each.get(AUTHORIZATION)));
  }

  @Test
  void isNotRepeatedWhereItIsRefused() {
    String wrong = "the-wrong-key-of-this-test";
    assertThatThrownBy(() -> connect(wrong, "mine.acc"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the API key was refused for namespace mine.acc")
        .hasMessageContaining("nobody knows Bearer •••")
        .hasMessageContaining("API key from TEMPORAL_API_KEY")
        .message()
        .doesNotContain(wrong);
  }

  @Test
  void saysThatTheNamespaceIsNotThere() {
    assertThatThrownBy(() -> connect(KEY, "another"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no namespace another on the Temporal server")
        .hasMessageContaining("namespace from TEMPORAL_NAMESPACE");
  }

  private TemporalServer connect(String key, String namespace) {
    return RemoteServer.connect(
        Connections.load(
            GivenConnection.NOTHING,
            Map.of(
                "TEMPORAL_ADDRESS",
                "127.0.0.1:" + server.getPort(),
                "TEMPORAL_NAMESPACE",
                namespace,
                "TEMPORAL_API_KEY",
                key,
                "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
                identity.certificate().toString())));
  }
}
