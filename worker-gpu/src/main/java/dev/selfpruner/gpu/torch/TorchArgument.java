package dev.selfpruner.gpu.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.List;

/** An argument of a TorchScript method, by the type that the method declares. */
public sealed interface TorchArgument {

  /** {@code Tensor}. */
  record Tensor(NDArray array) implements TorchArgument {}

  /** {@code List[Tensor]}. */
  record TensorList(List<NDArray> arrays) implements TorchArgument {
    public TensorList {
      arrays = List.copyOf(arrays);
    }
  }

  /** {@code int}. */
  record Whole(long value) implements TorchArgument {}

  /** {@code float}, which TorchScript keeps in double precision. */
  record Real(double value) implements TorchArgument {}

  static TorchArgument tensor(NDArray array) {
    return new Tensor(array);
  }

  static TorchArgument tensors(List<NDArray> arrays) {
    return new TensorList(arrays);
  }

  static TorchArgument whole(long value) {
    return new Whole(value);
  }

  static TorchArgument real(double value) {
    return new Real(value);
  }

  /** The native value, which the caller closes; it shares the arrays' memory. */
  static IValue toValue(TorchArgument argument) {
    if (argument instanceof Tensor tensor) {
      return IValue.from((PtNDArray) tensor.array());
    } else if (argument instanceof TensorList list) {
      return IValue.listFrom(
          list.arrays().stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
    } else if (argument instanceof Whole whole) {
      return IValue.from(whole.value());
    } else {
      return IValue.from(((Real) argument).value());
    }
  }
}
