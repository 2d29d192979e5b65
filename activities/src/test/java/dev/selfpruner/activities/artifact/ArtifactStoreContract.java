package dev.selfpruner.activities.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Digests;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every artifact store does; a store's test extends this and says how to damage it. */
abstract class ArtifactStoreContract {
  /** More than a multipart threshold as the tests set it, and no multiple of a part. */
  private static final int BIG = 12 * 1024 * 1024 + 12_345;

  private static final int WRITERS = 16;
  private static final IndexKey KEY = new IndexKey("evaluation", "plan=7;text=wiki");

  @TempDir Path folder;

  /** The store under test; the same content for every call within one test. */
  abstract ArtifactStore store() throws IOException;

  /** Replaces what lies at a {@link StoreLayout} name, behind the store's back. */
  abstract void overwrite(String name, byte[] content) throws IOException;

  /** Names under which the store keeps anything: blobs, index entries and what it forgot. */
  abstract List<String> names() throws IOException;

  @Test
  void readsWhatWasPut() throws IOException {
    byte[] content = "twelve bytes".getBytes(UTF_8);
    ArtifactRef ref = store().put(content);
    assertThat(ref.sha256()).isEqualTo(Digests.sha256(content));
    assertThat(ref.bytes()).isEqualTo(12);
    assertThat(ref.uri()).endsWith(StoreLayout.blob(ref.sha256()));
    assertThat(store().read(ref)).isEqualTo(content);
  }

  @Test
  void keepsAnEmptyBlob() throws IOException {
    assertThat(store().read(store().put(new byte[0]))).isEmpty();
  }

  @Test
  void putsTheSameContentOnce() throws IOException {
    ArtifactRef first = store().put(bytes(1000, 1));
    Path file = Files.write(folder.resolve("same"), bytes(1000, 1));
    assertThat(store().put(bytes(1000, 1))).isEqualTo(first);
    assertThat(store().put(file)).isEqualTo(first);
    assertThat(names()).containsExactly(StoreLayout.blob(first.sha256()));
  }

  @Test
  void streamsABigFileThere() throws IOException {
    byte[] content = bytes(BIG, 2);
    Path file = Files.write(folder.resolve("big"), content);
    ArtifactRef ref = store().put(file);
    assertThat(ref).isEqualTo(new ArtifactRef(ref.uri(), Digests.sha256(content), BIG));
    assertThat(store().put(file)).isEqualTo(ref);
    assertThat(names()).containsExactly(StoreLayout.blob(ref.sha256()));
    Path target = folder.resolve("made/for/it/copy");
    store().copyTo(ref, target);
    assertThat(target).hasBinaryContent(content);
  }

  @Test
  void copiesOverWhatWasThereAndLeavesNothingBesideIt() throws IOException {
    Path target = Files.writeString(folder.resolve("target"), "old");
    store().copyTo(store().put("new".getBytes(UTF_8)), target);
    assertThat(target).hasContent("new");
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void canBeClosedBeforeTheEndOfABlob() throws IOException {
    ArtifactRef ref = store().put(bytes(BIG, 3));
    try (InputStream content = store().open(ref)) {
      assertThat(content.readNBytes(10)).isEqualTo(Arrays.copyOf(bytes(BIG, 3), 10));
    }
    assertThat(store().read(ref)).hasSize(BIG);
  }

  @Test
  void saysWhichBlobIsMissing() {
    String absent = Digests.sha256("absent");
    ArtifactRef ref = new ArtifactRef("file:/elsewhere", absent, 6);
    assertThatThrownBy(() -> store().read(ref))
        .isInstanceOf(MissingArtifactException.class)
        .hasMessageContaining("no blob " + absent)
        .hasMessageContaining("(referred to as file:/elsewhere)");
    assertThatThrownBy(() -> store().index(KEY, ref)).isInstanceOf(MissingArtifactException.class);
    assertThatThrownBy(() -> store().copyTo(ref, folder.resolve("target")))
        .isInstanceOf(MissingArtifactException.class);
    assertThatThrownBy(() -> store().file(ref, folder.resolve("files")))
        .isInstanceOf(MissingArtifactException.class);
    assertThat(folder.resolve("target")).doesNotExist();
  }

  @Test
  void anEntryWhoseBlobIsGoneIsDamage() throws IOException {
    assertThat(store().readIndexed(KEY)).isEmpty();
    store().index(KEY, store().put("content".getBytes(UTF_8)));
    assertThat(store().readIndexed(KEY).orElseThrow()).asString(UTF_8).isEqualTo("content");

    String absent = Digests.sha256("absent");
    ArtifactRef gone = new ArtifactRef("file:/elsewhere", absent, 6);
    overwrite(StoreLayout.indexEntry(KEY), IndexEntry.of(KEY, gone).json());
    assertThatThrownBy(() -> store().readIndexed(KEY))
        .isInstanceOf(CorruptArtifactException.class)
        .hasMessageContaining(StoreLayout.indexEntry(KEY))
        .hasMessageContaining(StoreLayout.blob(absent));
  }

  @Test
  void readsNothingButItsOwnBlobsWhateverAReferenceSays() throws IOException {
    Path outside = Files.writeString(folder.resolve("outside"), "secret");
    String secret = Digests.sha256("secret");
    ArtifactRef ours = store().put("ours".getBytes(UTF_8));
    for (String uri :
        List.of(
            outside.toUri().toString(),
            outside.toString(),
            "file:///../../outside",
            "s3://another-bucket/" + StoreLayout.blob(secret),
            ours.uri() + "/../../../../outside")) {
      ArtifactRef leading = new ArtifactRef(uri, secret, 6);
      assertThatThrownBy(() -> store().read(leading)).isInstanceOf(FileNotFoundException.class);
      assertThatThrownBy(() -> store().copyTo(leading, folder.resolve("target")))
          .isInstanceOf(FileNotFoundException.class);
      assertThatThrownBy(() -> store().file(leading, folder.resolve("files")))
          .isInstanceOf(FileNotFoundException.class);
      assertThatThrownBy(() -> store().index(KEY, leading))
          .isInstanceOf(FileNotFoundException.class);
      assertThat(store().read(new ArtifactRef(uri, ours.sha256(), ours.bytes())))
          .as("the digest alone says which")
          .isEqualTo("ours".getBytes(UTF_8));
    }
    assertThat(names()).containsExactly(StoreLayout.blob(ours.sha256()));
  }

  @Test
  void hasNoPlaceForNamesThatLeadElsewhere() throws IOException {
    for (String name : List.of("../outside", "/etc/passwd", "..", "a/../../b", "a\\b", "")) {
      assertThatThrownBy(() -> new ArtifactRef("file:/x", name, 1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new IndexKey(name, "key"))
          .isInstanceOf(IllegalArgumentException.class);
    }
    ArtifactRef ref = store().put("content".getBytes(UTF_8));
    IndexKey odd = new IndexKey("evaluation", "../../../outside");
    store().index(odd, ref);
    assertThat(names())
        .as("a key's digest is its name")
        .containsExactlyInAnyOrder(
            StoreLayout.blob(ref.sha256()),
            "index/evaluation/%s.json".formatted(Digests.sha256("../../../outside")));
    overwrite(
        StoreLayout.indexEntry(KEY),
        """
        {"kind":"evaluation","key":"plan=7;text=wiki","sha256":"../../../../outside","bytes":6}"""
            .getBytes(UTF_8));
    assertThatThrownBy(() -> store().find(KEY)).isInstanceOf(CorruptArtifactException.class);
  }

  @Test
  void refusesTamperedContent() throws IOException {
    byte[] right = "right".getBytes(UTF_8);
    ArtifactRef ref = store().put(right);
    for (String wrong : List.of("wrong", "righ", "right and more", "")) {
      overwrite(StoreLayout.blob(ref.sha256()), wrong.getBytes(UTF_8));
      Path target = folder.resolve("target");
      assertThatThrownBy(() -> store().copyTo(ref, target)).isInstanceOf(IOException.class);
      assertThat(target).doesNotExist();
      assertThatThrownBy(() -> store().read(ref))
          .isInstanceOf(CorruptArtifactException.class)
          .hasMessageContaining(ref.uri())
          .hasMessageContaining("expected 5 bytes with SHA-256 " + ref.sha256())
          .hasMessageContaining(
              "found %d bytes with SHA-256 %s".formatted(wrong.length(), Digests.sha256(wrong)));
    }
    overwrite(StoreLayout.blob(ref.sha256()), "wr".getBytes(UTF_8));
    assertThat(store().read(store().put(right))).isEqualTo(right);
  }

  @Test
  void replacesABlobOfTheRightLengthThatIsDamaged() throws IOException {
    ArtifactRef ref = store().put("right".getBytes(UTF_8));
    overwrite(StoreLayout.blob(ref.sha256()), "wrong".getBytes(UTF_8));
    store().put("right".getBytes(UTF_8));
    assertThat(store().read(ref)).asString(UTF_8).isEqualTo("right");
  }

  @Test
  void knowsWhetherItHasABlobInItsLength() throws IOException {
    ArtifactRef ref = store().put("right".getBytes(UTF_8));
    assertThat(store().has(ref)).isTrue();
    assertThat(store().has(new ArtifactRef(ref.uri(), ref.sha256(), 4))).isFalse();
    assertThat(store().has(new ArtifactRef(ref.uri(), Digests.sha256("absent"), 6))).isFalse();
    overwrite(StoreLayout.blob(ref.sha256()), "righ".getBytes(UTF_8));
    assertThat(store().has(ref)).isFalse();
  }

  @Test
  void replacesAnEntryThatLeadsToWhatIsLostAndNoOther() throws IOException {
    ArtifactRef lost = store().put(bytes(10, 10));
    ArtifactRef made = store().put(bytes(10, 11));
    ArtifactRef late = store().put(bytes(10, 12));
    store().index(KEY, lost);

    assertThat(store().replace(KEY, lost, made)).isEqualTo(made);
    assertThat(store().find(KEY)).contains(made);
    assertThat(store().replace(KEY, lost, late)).as("another was faster").isEqualTo(made);
    assertThat(store().replace(KEY, made, made)).isEqualTo(made);
    assertThat(store().find(KEY)).contains(made);
    ArtifactRef absent = new ArtifactRef("file:/elsewhere", Digests.sha256("absent"), 6);
    assertThatThrownBy(() -> store().replace(KEY, made, absent))
        .isInstanceOf(FileNotFoundException.class);
    IndexKey none = new IndexKey("evaluation", "nobody's");
    assertThat(store().replace(none, lost, made)).isEqualTo(made);
    assertThat(store().find(none)).contains(made);
  }

  @Test
  void refusesAReferenceWithTheWrongLength() throws IOException {
    ArtifactRef ref = store().put("right".getBytes(UTF_8));
    for (long bytes : new long[] {0, 4, 6}) {
      ArtifactRef wrong = new ArtifactRef(ref.uri(), ref.sha256(), bytes);
      assertThatThrownBy(() -> store().read(wrong)).isInstanceOf(CorruptArtifactException.class);
    }
  }

  @Test
  void findsWhatWasIndexedFirst() throws IOException {
    ArtifactRef first = store().put(bytes(10, 4));
    ArtifactRef second = store().put(bytes(10, 5));
    assertThat(store().find(KEY)).isEmpty();
    assertThat(store().index(KEY, first)).isEqualTo(first);
    assertThat(store().index(KEY, first)).isEqualTo(first);
    assertThat(store().index(KEY, second)).isEqualTo(first);
    assertThat(store().find(KEY)).contains(first);
  }

  @Test
  void keepsKindsAndKeysApart() throws IOException {
    ArtifactRef first = store().put(bytes(10, 6));
    ArtifactRef second = store().put(bytes(10, 7));
    IndexKey long1 = new IndexKey("evaluation", "x".repeat(100_000) + "1");
    IndexKey long2 = new IndexKey("evaluation", "x".repeat(100_000) + "2 / .. \u00e9 \n");
    store().index(KEY, first);
    store().index(new IndexKey("population", KEY.key()), second);
    store().index(long1, first);
    store().index(long2, second);
    assertThat(store().find(KEY)).contains(first);
    assertThat(store().find(new IndexKey("population", KEY.key()))).contains(second);
    assertThat(store().find(long1)).contains(first);
    assertThat(store().find(long2)).contains(second);
  }

  @Test
  void refusesAnEntryOfAnotherKey() throws IOException {
    ArtifactRef ref = store().put(bytes(10, 8));
    overwrite(
        StoreLayout.indexEntry(KEY),
        IndexEntry.of(new IndexKey("evaluation", "other"), ref).json());
    assertThatThrownBy(() -> store().find(KEY))
        .isInstanceOf(CorruptArtifactException.class)
        .hasMessageContaining(StoreLayout.indexEntry(KEY))
        .hasMessageContaining("asked for evaluation plan=7;text=wiki, found evaluation other");
    assertThatThrownBy(() -> store().index(KEY, ref)).isInstanceOf(CorruptArtifactException.class);
  }

  @Test
  void refusesAnEntryThatIsNone() throws IOException {
    overwrite(StoreLayout.indexEntry(KEY), "{\"kind\":\"eval".getBytes(UTF_8));
    assertThatThrownBy(() -> store().find(KEY))
        .isInstanceOf(CorruptArtifactException.class)
        .hasMessageContaining(StoreLayout.indexEntry(KEY));
  }

  @Test
  void letsExactlyOneOfRacingWritersWin() throws Exception {
    for (int round = 0; round < 5; round++) {
      IndexKey key = new IndexKey("race", "round " + round);
      List<Attempt> attempts =
          race(
              writer -> {
                ArtifactRef own = store().put(("writer " + writer).getBytes(UTF_8));
                return new Attempt(own, store().index(key, own));
              });
      ArtifactRef winner = store().find(key).orElseThrow();
      assertThat(attempts).allMatch(attempt -> attempt.result.equals(winner));
      assertThat(attempts).filteredOn(attempt -> attempt.own.equals(winner)).hasSize(1);
    }
  }

  @Test
  void keepsOneBlobOfRacingWriters() throws Exception {
    Path file = Files.write(folder.resolve("raced"), bytes(BIG, 9));
    List<ArtifactRef> refs = race(writer -> store().put(file));
    assertThat(refs).containsOnly(refs.get(0));
    assertThat(store().read(refs.get(0))).isEqualTo(bytes(BIG, 9));
    assertThat(names()).containsExactly(StoreLayout.blob(refs.get(0).sha256()));
  }

  private record Attempt(ArtifactRef own, ArtifactRef result) {}

  private interface Writer<T> {
    T write(int number) throws Exception;
  }

  private static <T> List<T> race(Writer<T> writer) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try {
      CyclicBarrier start = new CyclicBarrier(WRITERS);
      List<Callable<T>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int number = i;
        writers.add(
            () -> {
              start.await();
              return writer.write(number);
            });
      }
      List<T> results = new ArrayList<>();
      for (Future<T> result : threads.invokeAll(writers)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdown();
    }
  }

  private static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
