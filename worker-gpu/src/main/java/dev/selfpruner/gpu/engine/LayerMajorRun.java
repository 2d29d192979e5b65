package dev.selfpruner.gpu.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.engine.Pass.Place;
import dev.selfpruner.gpu.engine.PlanTrie.Attention;
import dev.selfpruner.gpu.engine.PlanTrie.Level;
import dev.selfpruner.gpu.engine.PlanTrie.Mlp;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.HostCopies;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.ModelPart;
import dev.selfpruner.gpu.llama.WorkingMemory;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * One batch of plans over one text: all hidden states move through a layer before any moves through
 * the next, so that a layer's weights are read once for the batch.
 */
final class LayerMajorRun<R> {
  private final LoadedModel model;
  private final List<HostCopies> copies;
  private final PlanTrie plans;
  private final List<Chunk> chunks;
  private final Pass<R> pass;
  private final Fits fits;
  private final TorchThreads threads;
  private final Schedule schedule;
  private final DenseStates dense;
  private final Steps steps;
  private final int firstLayer;

  LayerMajorRun(
      LoadedModel model,
      List<HostCopies> copies,
      PlanTrie plans,
      List<Chunk> chunks,
      Pass<R> pass,
      Fits fits,
      TorchThreads threads,
      Schedule schedule,
      DenseStates dense,
      ProgressListener listener) {
    this.model = model;
    this.copies = copies;
    this.plans = plans;
    this.chunks = chunks;
    this.pass = pass;
    this.fits = fits;
    this.threads = threads;
    this.schedule = schedule;
    this.dense = dense;
    this.firstLayer = dense.deepest(chunks, plans.commonDensePrefix());
    this.steps = new Steps((plans.blocks(0) + plans.leaves()) * chunks.size(), listener);
  }

  /** Results of each plan's leaf, by leaf and chunk. */
  List<List<R>> run() {
    if (firstLayer == 0) {
      dense.makeRoom(bytesToKeep());
    }
    steps.advance((plans.blocks(0) - plans.blocks(firstLayer)) * chunks.size());
    List<List<R>> results = new ArrayList<>();
    for (int leaf = 0; leaf < plans.leaves(); leaf++) {
      results.add(new ArrayList<>(Collections.nCopies(chunks.size(), null)));
    }
    try (Pipeline pipeline = new Pipeline(model.parts().size(), steps.run())) {
      for (int start = 0; start < chunks.size(); start += schedule.chunksInGroup()) {
        int end = Math.min(chunks.size(), start + schedule.chunksInGroup());
        pipeline.run(new GroupRun(start, chunks.subList(start, end), results));
      }
    }
    steps.run().rethrow();
    return results;
  }

  /** Of the dense model's states that this run comes by, and that aren't kept yet. */
  private long bytesToKeep() {
    long perToken = WorkingMemory.state(model, 1);
    long bytes = 0;
    for (int layer = 0; layer < plans.layers(); layer++) {
      int boundary = layer + 1;
      if (plans.level(layer).dense() >= 0 && dense.keeps(boundary, chunks, perToken)) {
        bytes +=
            chunks.stream()
                .filter(chunk -> !dense.knows(chunk, boundary))
                .mapToLong(chunk -> WorkingMemory.hostedState(model, chunk.tokens()))
                .sum();
      }
    }
    return bytes;
  }

  /** A group of chunks on its way through the parts of the model. */
  private final class GroupRun implements Pipeline.Journey<HiddenStates> {
    private final int start;
    private final List<Chunk> group;
    private final List<List<R>> results;

    GroupRun(int start, List<Chunk> group, List<List<R>> results) {
      this.start = start;
      this.group = group;
      this.results = results;
    }

    @Override
    public HiddenStates begin() {
      ModelPart part = model.parts().get(0);
      HiddenStates states = states(0, 1);
      try {
        if (firstLayer > 0) {
          for (int chunk = 0; chunk < group.size(); chunk++) {
            states.putHosted(0, chunk, dense.get(group.get(chunk), firstLayer));
          }
          return states;
        }
        tasks(
            group.size(),
            chunk -> {
              Decoder decoder = part.decoder();
              try (NDManager scratch = decoder.newManager()) {
                NDArray tokens = decoder.tokens(scratch, group.get(chunk).windows());
                states.put(0, chunk, decoder.embed(scratch, tokens));
              }
            });
        return states;
      } catch (RuntimeException | Error e) {
        states.close();
        throw e;
      }
    }

    @Override
    public HiddenStates advance(int partIndex, HiddenStates before) {
      ModelPart part = model.parts().get(partIndex);
      HiddenStates states =
          partIndex == 0 ? before : before.movedTo(part.decoder(), copies.get(partIndex));
      try {
        for (int layer = Math.max(firstLayer, part.first()); layer < part.end(); layer++) {
          states = advance(partIndex, layer, states);
        }
        return states;
      } catch (RuntimeException | Error e) {
        states.close();
        throw e;
      }
    }

    private HiddenStates advance(int partIndex, int layer, HiddenStates before) {
      ModelPart part = model.parts().get(partIndex);
      Level level = plans.level(layer);
      LayerWeights weights = part.layers().take(layer);
      HiddenStates after = states(partIndex, level.nodes());
      try (Fits.FittedLayer fitted =
          fits.layer(part.decoder(), layer, weights, level.kept(), this::tasks)) {
        tasks(
            group.size() * before.nodes(),
            task -> {
              int chunk = task / before.nodes();
              int node = task % before.nodes();
              step(
                  part.decoder(),
                  layer,
                  fitted,
                  level.steps().get(node),
                  chunk,
                  node,
                  before,
                  after);
            });
        keepDense(layer + 1, level, after);
      } catch (RuntimeException | Error e) {
        after.close();
        throw e;
      }
      before.close();
      return after;
    }

    private void step(
        Decoder decoder,
        int layer,
        Fits.FittedLayer fitted,
        List<Attention> attentions,
        int chunk,
        int node,
        HiddenStates before,
        HiddenStates after) {
      Place place = new Place(layer, start + chunk);
      try (NDManager scratch = decoder.newManager()) {
        NDArray hidden = before.take(scratch, node, chunk);
        for (int i = 0; i < attentions.size(); i++) {
          Attention attention = attentions.get(i);
          boolean last = i == attentions.size() - 1;
          int kept = attention.queryHeads();
          Block heads = new Block(decoder, scratch, fitted.attention(kept), hidden, kept, last);
          try (NDArray attended = pass.attention(place, heads)) {
            steps.step();
            for (int j = 0; j < attention.mlps().size(); j++) {
              Mlp mlp = attention.mlps().get(j);
              boolean lastMlp = j == attention.mlps().size() - 1;
              LayerWeights weights = fitted.mlp(mlp.neurons());
              Block neurons =
                  new Block(decoder, scratch, weights, attended, mlp.neurons(), lastMlp);
              after.put(mlp.node(), chunk, pass.mlp(place, neurons));
              steps.step();
            }
          }
        }
      }
    }

    private void keepDense(int boundary, Level level, HiddenStates after) {
      long perToken = WorkingMemory.state(model, 1);
      if (level.dense() < 0 || !dense.keeps(boundary, chunks, perToken)) {
        return;
      }
      for (int i = 0; i < group.size(); i++) {
        int chunk = i;
        if (!dense.knows(group.get(chunk), boundary)) {
          dense.keep(
              group.get(chunk),
              boundary,
              WorkingMemory.hostedState(model, group.get(chunk).tokens()),
              manager -> after.copyOnHost(manager, level.dense(), chunk));
        }
      }
    }

    @Override
    public void end(HiddenStates states) {
      Decoder decoder = model.parts().get(model.parts().size() - 1).decoder();
      try (states) {
        tasks(
            group.size() * plans.leaves(),
            task -> {
              int chunk = task / plans.leaves();
              int leaf = task % plans.leaves();
              try (NDManager scratch = decoder.newManager()) {
                NDArray hidden = states.take(scratch, leaf, chunk);
                R result = pass.finish(decoder, scratch, hidden, group.get(chunk), start + chunk);
                synchronized (results) {
                  results.get(leaf).set(start + chunk, result);
                }
                steps.step();
              }
            });
      }
    }

    private HiddenStates states(int part, int nodes) {
      return new HiddenStates(
          model.parts().get(part).decoder(),
          copies.get(part),
          nodes,
          group.size(),
          Math.min(group.size(), schedule.chunksOnDevice()));
    }

    private void tasks(int count, IntConsumer task) {
      threads.run(
          count,
          steps.run(),
          i -> {
            task.accept(i);
            return i;
          });
    }
  }
}
