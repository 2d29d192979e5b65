package dev.selfpruner.llm;

import dev.selfpruner.activities.FailureTypes;
import dev.selfpruner.activities.KeepAlive;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.search.InjectedCandidate;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.ProbeNames;
import dev.selfpruner.activities.search.ProbeResult;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.RecordRequest;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.llm.chat.ApiKeys;
import dev.selfpruner.llm.chat.LlmTimeouts;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/** What an LLM worker does; safe for use by many threads. */
public final class PopulationActivitiesImpl implements PopulationActivities {
  /** Type of the failure that a request raises which no retry can mend. */
  public static final String INVALID_REQUEST = FailureTypes.INVALID_REQUEST;

  private final Proposals proposals;
  private final Records records;
  private final Beginnings beginnings;

  /** With the API keys of this process's environment, and the usual timeouts. */
  public PopulationActivitiesImpl(ArtifactStore store) {
    this(store, CallListener.SILENT);
  }

  /**
   * The same, watched.
   *
   * @param calls hears of each question
   */
  public PopulationActivitiesImpl(ArtifactStore store, CallListener calls) {
    this(store, ApiKeys.fromEnvironment(), LlmTimeouts::forAnswersOf, calls);
  }

  /**
   * @param timeouts by the longest answer that is asked for, in tokens
   */
  public PopulationActivitiesImpl(
      ArtifactStore store, ApiKeys keys, IntFunction<LlmTimeouts> timeouts) {
    this(store, keys, timeouts, CallListener.SILENT);
  }

  private PopulationActivitiesImpl(
      ArtifactStore store, ApiKeys keys, IntFunction<LlmTimeouts> timeouts, CallListener calls) {
    Artifacts artifacts = new Artifacts(store);
    proposals = new Proposals(artifacts, keys, timeouts, calls);
    records = new Records(artifacts);
    beginnings = new Beginnings(artifacts, keys);
  }

  @Override
  public void begin(SearchStart start) {
    Boolean unused =
        kept(
            alive -> {
              beginnings.begin(start, alive);
              return true;
            });
  }

  @Override
  public Proposal propose(ProposalRequest request) {
    return kept(alive -> proposals.propose(request, alive));
  }

  @Override
  public PopulationSnapshot record(RecordRequest request) {
    return kept(alive -> records.record(request));
  }

  @Override
  public ProbeNames probes(ProposalRequest request, int from, int most) {
    return kept(alive -> proposals.probes(request, from, most, alive));
  }

  @Override
  public ProbeResult gather(List<ProbeResult> parts) {
    return kept(alive -> records.gather(parts));
  }

  @Override
  public ArtifactRef keepInjected(InjectedCandidate candidate, ProposalRequest request) {
    return kept(alive -> proposals.keepInjected(candidate, request));
  }

  @Override
  public Proposal inject(List<ArtifactRef> injected, ProposalRequest request) {
    return kept(alive -> proposals.inject(injected, request));
  }

  @Override
  public List<PopulationSnapshot> latest(String searchKey) {
    return kept(alive -> records.latest(searchKey));
  }

  @Override
  public void conclude(SearchResult result) {
    SearchResult unused = kept(alive -> records.conclude(result));
  }

  /**
   * With heartbeats, whatever the store, an LLM or a large model's dynamic programming takes: only
   * a dead worker sends none. Temporal would try a request again for ever that can't be right.
   */
  private static <T> T kept(Function<KeepAlive, T> activity) {
    try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext())) {
      return activity.apply(alive);
    } catch (IllegalArgumentException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(e.getMessage(), INVALID_REQUEST, e);
    }
  }
}
