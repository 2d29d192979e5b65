package dev.selfpruner.activities.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Chooses one option for each block so that together they remove a number of parameters at the
 * least loss: dynamic programming over the blocks, for every bucket of parameters removed so far.
 *
 * <p>A bucket holds its best choice's exact number, so that rounding doesn't add up: the sum is off
 * by no more than the tolerance or one bucket downwards, and upwards by no more than the widest gap
 * between two options of one block, and a bucket.
 */
final class Knapsack {
  static final int BUCKETS = 8_192;

  /**
   * What a block may do.
   *
   * @param removed parameters
   * @param loss that it costs, in nats a token
   */
  record Option(long removed, double loss) {}

  private final List<List<Option>> blocks;
  private final long bucket;

  /** The least that all blocks remove. */
  private final long floor;

  /** What is to be removed beyond it. */
  private final long wanted;

  /** By how much the sum may fall short. */
  private final long tolerance;

  private final long slack;

  /**
   * @param blocks their options, which begin with the one that removes least and go on to the one
   *     that removes most
   * @param wanted parameters to remove
   * @param step what all options' parameters are multiples of, or 1
   * @param tolerance parameters by which the sum may fall short; 0 or more
   */
  Knapsack(List<List<Option>> blocks, double wanted, long step, long tolerance) {
    this.blocks = blocks;
    this.floor = blocks.stream().mapToLong(options -> options.get(0).removed()).sum();
    this.wanted = Math.round(wanted) - floor;
    this.slack = blocks.stream().mapToLong(Knapsack::widestGap).max().orElse(0);
    this.bucket = Math.max(Math.max(1, step), this.wanted / BUCKETS);
    this.tolerance = Math.max(tolerance, bucket - 1);
  }

  /**
   * Index of each block's option; where the wanted number is out of reach, the options that remove
   * least or most. Of equally good choices it is always the same one.
   *
   * @param coarse blocks at the beginning that must not remove too much by themselves, so that the
   *     others can make the sum exact; ignored where that can't be
   */
  int[] choose(int coarse) {
    if (wanted + tolerance < 0) {
      return new int[blocks.size()];
    }
    if (wanted >= most()) {
      return blocks.stream().mapToInt(options -> options.size() - 1).toArray();
    }
    return chosen(coarse).or(() -> chosen(0)).orElseThrow(); // some way always stays open
  }

  private Optional<int[]> chosen(int coarse) {
    int buckets = Math.toIntExact((Math.max(0, wanted) + slack) / bucket) + 1;
    long stillPossible = most();
    double[] losses = new double[buckets];
    long[] removed = new long[buckets];
    Arrays.fill(losses, Double.POSITIVE_INFINITY);
    losses[0] = 0;
    short[][] choices = new short[blocks.size()][buckets];
    for (int i = 0; i < choices.length; i++) {
      List<Option> options = blocks.get(i);
      stillPossible -= span(options);
      long fewest = wanted - tolerance - stillPossible;
      long most = i < coarse ? wanted + tolerance : Long.MAX_VALUE;
      double[] nextLosses = new double[buckets];
      long[] nextRemoved = new long[buckets];
      Arrays.fill(nextLosses, Double.POSITIVE_INFINITY);
      for (short choice = 0; choice < options.size(); choice++) {
        long more = options.get(choice).removed() - options.get(0).removed();
        double cost = options.get(choice).loss();
        int jump = (int) Math.min(buckets, more / bucket);
        long rest = more % bucket;
        for (int from = 0; from + jump < buckets; from++) {
          double loss = losses[from] + cost;
          long sum = removed[from] + more;
          if (loss == Double.POSITIVE_INFINITY || sum < fewest || sum > most) {
            continue; // nothing removes as much yet, or the rest couldn't make up for it
          }
          int to = from + jump + (removed[from] - from * bucket + rest >= bucket ? 1 : 0);
          if (to < buckets && loss < nextLosses[to]) {
            nextLosses[to] = loss;
            nextRemoved[to] = sum;
            choices[i][to] = choice;
          }
        }
      }
      losses = nextLosses;
      removed = nextRemoved;
    }
    int least = least(losses);
    return losses[least] == Double.POSITIVE_INFINITY
        ? Optional.empty()
        : Optional.of(followed(choices, removed[least]));
  }

  private static int least(double[] losses) {
    int least = 0;
    for (int i = 1; i < losses.length; i++) {
      least = losses[i] < losses[least] ? i : least;
    }
    return least;
  }

  private int[] followed(short[][] choices, long sum) {
    int[] chosen = new int[choices.length];
    long left = sum;
    for (int i = choices.length - 1; i >= 0; i--) {
      chosen[i] = choices[i][(int) (left / bucket)];
      List<Option> options = blocks.get(i);
      left -= options.get(chosen[i]).removed() - options.get(0).removed();
    }
    return chosen;
  }

  private long most() {
    return blocks.stream().mapToLong(Knapsack::span).sum();
  }

  private static long span(List<Option> options) {
    return options.get(options.size() - 1).removed() - options.get(0).removed();
  }

  private static long widestGap(List<Option> options) {
    long widest = 0;
    for (int i = 1; i < options.size(); i++) {
      widest = Math.max(widest, options.get(i).removed() - options.get(i - 1).removed());
    }
    return widest;
  }
}
