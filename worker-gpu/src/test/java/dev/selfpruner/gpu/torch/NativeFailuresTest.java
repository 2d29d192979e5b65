package dev.selfpruner.gpu.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeFailuresTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CUDA out of memory. Tried to allocate 84.00 MiB. GPU 0 has ...     | true  | false",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate   | true  | false",
        "DefaultCPUAllocator: can't allocate memory: you tried to ...       | true  | false",
        "CUDA error: an illegal memory access was encountered               | false | true",
        "CUDA error: device-side assert triggered                           | false | true",
        "CUDA error: uncorrectable ECC error encountered                    | false | true",
        "shape '[3, 4]' is invalid for input of size 5                      | false | false"
      })
  void tellsMemoryFromALostDeviceFromAMistake(String message, boolean memory, boolean lost) {
    EngineException failure = new EngineException(message);

    assertThat(OutOfMemory.is(failure)).isEqualTo(memory);
    assertThat(OutOfMemory.is(new IllegalStateException("wrapped", failure))).isEqualTo(memory);
    assertThat(DeviceFailure.isLasting(failure)).isEqualTo(lost);
    assertThat(DeviceFailure.isLasting(new IllegalStateException(message))).isFalse();
  }
}
