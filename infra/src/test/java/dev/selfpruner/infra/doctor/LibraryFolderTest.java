package dev.selfpruner.infra.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.infra.doctor.Finding.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * On folders that look like those of a Python package: {@code torch/lib}, {@code torch/version.py}.
 */
class LibraryFolderTest {
  private static final Shipped SHIPPED =
      new Shipped("2.7.1", "0.35.1", "linux-x86_64", List.of("cpu", "cu128"));
  private static final String CUDA = System.mapLibraryName("torch_cuda");

  @TempDir private Path torch;

  @Test
  void saysNothingWhereNoLibraryIsNamed() throws IOException {
    assertThat(LibraryFolder.look(Map.of(), SHIPPED)).isEmpty();
    assertThat(LibraryFolder.look(Map.of("PYTORCH_LIBRARY_PATH", ""), SHIPPED)).isEmpty();
  }

  @Test
  void acceptsTheDocumentedSetUp() throws IOException {
    install("2.7.1+cu126", CUDA);
    assertThat(look(Map.of("PYTORCH_VERSION", "2.7.1", "PYTORCH_FLAVOR", "cu128")))
        .containsExactly(
            Finding.ok("library path", torch.resolve("lib") + ", PyTorch 2.7.1+cu126"));
  }

  @Test
  void namesAFolderThatIsNotThere() throws IOException {
    Finding missing = look(Map.of()).get(0);
    assertThat(missing.status()).isEqualTo(Status.PROBLEM);
    assertThat(missing.found()).contains(torch.resolve("lib") + ", which is not there");
  }

  @Test
  void namesAFolderWithoutTheLibrary() throws IOException {
    Files.createDirectory(torch.resolve("lib"));
    assertThat(look(Map.of()).get(0).found())
        .contains(", without a " + System.mapLibraryName("torch"));
  }

  @Test
  void anotherVersionIsAProblem() throws IOException {
    install("2.7.10", CUDA);
    Finding other = look(Map.of("PYTORCH_FLAVOR", "cu128")).get(0);
    assertThat(other.status()).isEqualTo(Status.PROBLEM);
    assertThat(other.found())
        .endsWith("PyTorch 2.7.10; DJL's native interface was built against 2.7.1");
    assertThat(other.advice()).contains("torch==2.7.1", "ABI");
  }

  @Test
  void readsTheVersionOfAnArchiveForCpp() throws IOException {
    install("2.7.1", CUDA);
    Files.delete(torch.resolve("version.py"));
    Files.writeString(torch.resolve("build-version"), "2.7.1+cu128\n");
    assertThat(LibraryFolder.version(torch.resolve("lib"))).contains("2.7.1+cu128");
  }

  @Test
  void aVersionThatIsNotKnownIsNoted() throws IOException {
    install("2.7.1", CUDA);
    Files.delete(torch.resolve("version.py"));
    assertThat(look(Map.of("PYTORCH_FLAVOR", "cu128")))
        .extracting(Finding::status)
        .containsExactly(Status.NOTE);
  }

  @Test
  void namesTheFlavorThatFitsTheLibrary() throws IOException {
    install("2.7.1", CUDA);
    assertThat(look(Map.of()))
        .contains(
            Finding.problem(
                "PYTORCH_FLAVOR", "not set, with a library for CUDA", "set it to cu128"));
    Files.delete(torch.resolve("lib").resolve(CUDA));
    assertThat(look(Map.of("PYTORCH_FLAVOR", "cu128")))
        .contains(
            Finding.problem("PYTORCH_FLAVOR", "'cu128', with a library for CPUs", "set it to cpu"));
  }

  @Test
  void aVersionVariableThatWouldNeedADownloadIsAProblem() throws IOException {
    install("2.7.1", CUDA);
    assertThat(look(Map.of("PYTORCH_VERSION", "2.5.1", "PYTORCH_FLAVOR", "cu128")))
        .contains(
            Finding.problem(
                "PYTORCH_VERSION",
                "'2.5.1': no native interface for it comes with us",
                "set it to 2.7.1"));
  }

  private void install(String version, String... libraries) throws IOException {
    Path lib = Files.createDirectory(torch.resolve("lib"));
    Files.createFile(lib.resolve(System.mapLibraryName("torch")));
    for (String library : libraries) {
      Files.createFile(lib.resolve(library));
    }
    Files.writeString(
        torch.resolve("version.py"), "debug = False\n__version__ = '%s'\n".formatted(version));
  }

  private List<Finding> look(Map<String, String> settings) throws IOException {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("PYTORCH_LIBRARY_PATH", torch.resolve("lib").toString());
    return LibraryFolder.look(environment, SHIPPED);
  }
}
