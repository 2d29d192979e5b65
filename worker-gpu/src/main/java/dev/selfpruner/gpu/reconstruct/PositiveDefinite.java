package dev.selfpruner.gpu.reconstruct;

import ai.djl.engine.EngineException;
import dev.selfpruner.gpu.NumericalException;
import java.util.Locale;
import java.util.function.Supplier;

/** Says in our terms what native code says of a matrix that has no Cholesky factor. */
final class PositiveDefinite {
  private PositiveDefinite() {}

  /**
   * What native code gives.
   *
   * @param otherwise what is to be said where a matrix has no factor
   * @throws NumericalException where one has none
   */
  static <T> T required(Supplier<T> factorising, String otherwise) {
    try {
      return factorising.get();
    } catch (EngineException e) {
      if (String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("positive-definite")) {
        throw new NumericalException(otherwise, e);
      }
      throw e;
    }
  }
}
