package dev.selfpruner.gpu.reconstruct;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerWeights;

/** What a sequential fit shrinks towards: its solution where the data say nothing. */
interface Prior {
  /** The weights of the units that stay, as they are. */
  Prior KEPT =
      new Prior() {
        @Override
        public NDArray of(
            Decoder decoder,
            NDManager manager,
            int layer,
            LayerWeights weights,
            Projection projection,
            int kept) {
          return projection.of(weights);
        }

        @Override
        public long bytes(long inputs, long hidden) {
          return 0;
        }
      };

  /**
   * A projection, whose first rows are those of the units that stay.
   *
   * @param manager of what is made for it
   * @param weights of the dense layer
   * @param kept units that stay, fewer than there are
   * @return {@code [units or more, hidden]}, of any type
   */
  NDArray of(
      Decoder decoder,
      NDManager manager,
      int layer,
      LayerWeights weights,
      Projection projection,
      int kept);

  /**
   * Device memory that it takes while it is made.
   *
   * @param inputs columns that the dense projection reads
   * @param hidden width of the residual stream
   */
  long bytes(long inputs, long hidden);
}
