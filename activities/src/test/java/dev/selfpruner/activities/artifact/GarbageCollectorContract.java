package dev.selfpruner.activities.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.StoreUnavailableException.Reason;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What gc does to every kind of store. Its days are seconds here, and where a store's times can't
 * be changed, seconds are waited for: by all tests at the same time, each with a store of its own.
 */
@Timeout(120)
abstract class GarbageCollectorContract {
  /** S3 tells times in whole seconds. */
  static final Duration GRACE = Duration.ofSeconds(4);

  /** {@link #GRACE}, and more than the second that times are rounded to. */
  static final Duration OLD = GRACE.plusMillis(1_200);

  static final Duration REFRESH = Duration.ofSeconds(2);

  /** Of those who keep a store so busy that another's requests would take seconds. */
  static final String BUSY = "busy";

  private static final IndexKey RUN = new IndexKey("result", "run");
  private static final IndexKey OTHER_RUN = new IndexKey("result", "other run");

  /** The store under test, whose writers mark what is older than {@link #REFRESH}. */
  abstract ArtifactStore store() throws IOException;

  /** What gc works on. */
  abstract Inventory inventory() throws IOException;

  /** A test that others of its class may run beside. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  @Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  @interface ConcurrentTest {}

  private record Node(String name, List<ArtifactRef> refs) {}

  @ConcurrentTest
  void keepsAllThatAKeptEntryLeadsToAndRemovesTheRest() throws Exception {
    ArtifactRef shared = put("weights of both");
    ArtifactRef own = put("weights of one");
    ArtifactRef nobodys = put("weights of the other");
    store().index(RUN, node("run", node("files", own, shared)));
    ArtifactRef others = node("other run", node("other files", nobodys, shared));
    store().index(OTHER_RUN, others);
    grow();
    try (GarbageCollector gc = new GarbageCollector(inventory())) {
      Garbage found = gc.look(keeping(Set.of(RUN)), GRACE);
      assertThat(found.entries()).extracting(StoredEntry::key).containsExactly(OTHER_RUN);
      assertThat(found.blobs())
          .extracting(StoredBlob::sha256)
          .hasSize(3)
          .contains(others.sha256(), nobodys.sha256());
      assertThat(store().find(OTHER_RUN)).as("after a dry run").isPresent();
    }
    grow(); // that find was a use
    try (GarbageCollector gc = new GarbageCollector(inventory())) {
      Garbage removed = gc.remove(keeping(Set.of(RUN)), GRACE);
      assertThat(removed.entries()).hasSize(1);
      assertThat(removed.blobs()).hasSize(3);
      assertThat(removed.keptEntries()).isEqualTo(1);
      assertThat(removed.keptBlobs()).isEqualTo(4);
    }
    assertThat(store().find(OTHER_RUN)).isEmpty();
    assertThatThrownBy(() -> store().read(nobodys)).isInstanceOf(FileNotFoundException.class);
    assertThat(store().read(own)).asString(UTF_8).isEqualTo("weights of one");
    assertThat(store().read(shared)).asString(UTF_8).isEqualTo("weights of both");
    Node run = Json.read(store().read(store().find(RUN).orElseThrow()), Node.class);
    assertThat(Json.read(store().read(run.refs().get(0)), Node.class).refs()).contains(own);
    assertThat(inventory().readStamped(Condemned.NAME)).as("a list that is left").isEmpty();
  }

  @ConcurrentTest
  void keepsWhatIsNamedWithoutAnEntry() throws Exception {
    ArtifactRef leaf = put("of an open run's");
    ArtifactRef named = node("in a history", leaf);
    grow();
    Garbage removed = remove(survey -> new RetentionPolicy.Kept(Set.of(), Set.of(named.sha256())));
    assertThat(removed.blobs()).isEmpty();
    assertThat(store().read(leaf)).isNotEmpty();
  }

  @ConcurrentTest
  void removesNothingThatIsYoungerThanTheGracePeriod() throws Exception {
    ArtifactRef leaf = put("of a writer at work");
    grow();
    ArtifactRef young = node("not indexed yet", leaf);
    Garbage removed = remove(keeping(Set.of()));
    assertThat(removed.blobs()).isEmpty();
    assertThat(store().index(RUN, young)).isEqualTo(young);
    assertThat(store().read(leaf)).isNotEmpty();
  }

  @ConcurrentTest
  void sparesWhatAWriterCountsOnAgain() throws Exception {
    ArtifactRef leaf = put("a leaf");
    store().index(RUN, node("found again", leaf));
    ArtifactRef again = put("put again");
    grow();
    assertThat(store().find(RUN)).isPresent();
    assertThat(put("put again")).isEqualTo(again);
    Garbage removed = remove(keeping(Set.of()));
    assertThat(removed.entries()).isEmpty();
    assertThat(removed.blobs()).isEmpty();
    grow();
    assertThat(remove(keeping(Set.of())).blobs()).as("when it is old again").hasSize(3);
    assertThat(store().find(RUN)).isEmpty();
    assertThat(inventory().markedBefore(java.time.Instant.MAX)).as("marks that are left").isEmpty();
  }

  @ConcurrentTest
  void sparesWhatIsFoundWhileItSweeps() throws Exception {
    ArtifactRef leaf = put("a leaf");
    ArtifactRef root = node("found in the meantime", leaf);
    store().index(RUN, root);
    grow();
    Garbage removed =
        remove(
            survey -> {
              assertThat(store().find(RUN)).contains(root); // after the store was listed
              return new RetentionPolicy.Kept(Set.of(), Set.of());
            });
    assertThat(removed.entries()).isEmpty();
    assertThat(removed.blobs()).isEmpty();
    assertThat(store().read(leaf)).isNotEmpty();
  }

  @ConcurrentTest
  void letsNobodyCountOnWhatIsCondemned() throws Exception {
    ArtifactRef ref = put("condemned");
    store().index(RUN, ref);
    grow();
    write(new Condemned("a gc", List.of(StoreLayout.indexEntry(RUN), blob(ref))));
    assertThatThrownBy(() -> store().find(RUN)).satisfies(this::isBeingRemoved);
    assertThatThrownBy(() -> put("condemned")).satisfies(this::isBeingRemoved);
    assertThat(put("another")).as("what is not condemned").isNotNull();
    inventory().delete(List.of(Condemned.NAME));
    assertThat(store().find(RUN)).contains(ref);
  }

  private void isBeingRemoved(Throwable e) {
    assertThat(e).isInstanceOf(StoreUnavailableException.class);
    assertThat(((StoreUnavailableException) e).reason()).isEqualTo(Reason.BEING_REMOVED);
  }

  @ConcurrentTest
  void runsOnceAtATime() throws Exception {
    write(new Condemned("a gc that is at work", List.of()));
    assertThatThrownBy(() -> remove(keeping(Set.of())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another gc is at work");
    assertThat(inventory().readStamped(Condemned.NAME)).as("the other's list").isPresent();
  }

  /** Writers that find or make, in any interleaving, never end up with something that is gone. */
  @ConcurrentTest
  @ResourceLock(BUSY)
  void neverRemovesWhatRacingWritersCountOn() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    AtomicBoolean done = new AtomicBoolean();
    try {
      List<Future<Integer>> writers =
          List.of(1L, 2L, 3L).stream()
              .map(seed -> threads.submit(() -> countOnThings(new Random(seed), done)))
              .toList();
      int removed = 0;
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(12);
      while (System.nanoTime() < end) {
        removed += remove(keeping(Set.of())).entries().size();
      }
      done.set(true);
      int uses = 0;
      for (Future<Integer> writer : writers) {
        uses += writer.get();
      }
      assertThat(removed).as("entries removed").isPositive();
      assertThat(uses).as("uses").isGreaterThan(10);
    } finally {
      done.set(true);
      threads.shutdown();
    }
  }

  /** Finds one of some trees, or makes it, and reads it for half of the grace period. */
  private int countOnThings(Random random, AtomicBoolean done) throws Exception {
    int uses = 0;
    while (!done.get()) {
      // some are wanted often, others rarely enough to be removed
      int which = (int) Math.min(39, Math.abs(random.nextGaussian() * 13));
      IndexKey key = new IndexKey("result", "tree " + which);
      try {
        ArtifactRef root = store().find(key).orElse(null);
        if (root == null) {
          root = store().index(key, node("root " + which, put("leaf " + which)));
        }
        Node read = Json.read(store().read(root), Node.class);
        Thread.sleep(random.nextInt(300));
        assertThat(store().read(read.refs().get(0))).asString(UTF_8).isEqualTo("leaf " + which);
        uses++;
      } catch (StoreUnavailableException e) {
        assertThat(e.reason()).isEqualTo(Reason.BEING_REMOVED); // as an activity: try again
        Thread.sleep(50);
      }
    }
    return uses;
  }

  private static RetentionPolicy keeping(Set<IndexKey> keys) {
    return survey ->
        new RetentionPolicy.Kept(
            survey.entries().stream()
                .filter(entry -> keys.contains(entry.key()))
                .collect(Collectors.toSet()),
            Set.of());
  }

  Garbage remove(RetentionPolicy policy) throws IOException {
    try (GarbageCollector gc = new GarbageCollector(inventory())) {
      return gc.remove(policy, GRACE);
    }
  }

  ArtifactRef put(String content) throws IOException {
    return store().put(content.getBytes(UTF_8));
  }

  private ArtifactRef node(String name, ArtifactRef... refs) throws IOException {
    return store().put(Json.writeBytes(new Node(name, List.of(refs))));
  }

  private void write(Condemned list) throws IOException {
    assertThat(inventory().write(Condemned.NAME, Json.writeBytes(list), false)).isTrue();
  }

  private static String blob(ArtifactRef ref) {
    return StoreLayout.blob(ref.sha256());
  }

  /** Passes the grace period, and what a store's times are rounded to. */
  abstract void grow() throws Exception;
}
