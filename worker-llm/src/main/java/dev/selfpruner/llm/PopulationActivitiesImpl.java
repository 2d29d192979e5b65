package dev.selfpruner.llm;

import dev.selfpruner.activities.FailureTypes;
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
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** What an LLM worker does; safe for use by many threads. */
public final class PopulationActivitiesImpl implements PopulationActivities {
  /** Type of the failure that a request raises which no retry can mend. */
  public static final String INVALID_REQUEST = FailureTypes.INVALID_REQUEST;

  private final Proposals proposals;
  private final Records records;
  private final Beginnings beginnings;

  /** With the API keys of this process's environment, and the usual timeouts. */
  public PopulationActivitiesImpl(ArtifactStore store) {
    this(store, ApiKeys.fromEnvironment(), LlmTimeouts::forAnswersOf);
  }

  /**
   * @param timeouts by the longest answer that is asked for, in tokens
   */
  public PopulationActivitiesImpl(
      ArtifactStore store, ApiKeys keys, IntFunction<LlmTimeouts> timeouts) {
    Artifacts artifacts = new Artifacts(store);
    proposals = new Proposals(artifacts, keys, timeouts);
    records = new Records(artifacts);
    beginnings = new Beginnings(artifacts, keys);
  }

  @Override
  public void begin(SearchStart start) {
    Boolean unused =
        checked(
            () -> {
              beginnings.begin(start);
              return true;
            });
  }

  @Override
  public Proposal propose(ProposalRequest request) {
    return checked(() -> proposals.propose(request));
  }

  @Override
  public PopulationSnapshot record(RecordRequest request) {
    return checked(() -> records.record(request));
  }

  @Override
  public ProbeNames probes(ProposalRequest request, int from, int most) {
    return checked(() -> proposals.probes(request, from, most));
  }

  @Override
  public ProbeResult gather(List<ProbeResult> parts) {
    return checked(() -> records.gather(parts));
  }

  @Override
  public ArtifactRef keepInjected(InjectedCandidate candidate, ProposalRequest request) {
    return checked(() -> proposals.keepInjected(candidate, request));
  }

  @Override
  public Proposal inject(List<ArtifactRef> injected, ProposalRequest request) {
    return checked(() -> proposals.inject(injected, request));
  }

  @Override
  public List<PopulationSnapshot> latest(String searchKey) {
    return checked(() -> records.latest(searchKey));
  }

  @Override
  public void conclude(SearchResult result) {
    SearchResult unused = checked(() -> records.conclude(result));
  }

  /** Temporal would try a request again for ever that can't be right. */
  private static <T> T checked(Supplier<T> activity) {
    try {
      return activity.get();
    } catch (IllegalArgumentException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(e.getMessage(), INVALID_REQUEST, e);
    }
  }
}
