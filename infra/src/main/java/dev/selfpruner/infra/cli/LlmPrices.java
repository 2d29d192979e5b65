package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.llm.PriceTable;
import dev.selfpruner.llm.chat.Address;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a search's LLM costs.
 *
 * @param given price, which goes before all others
 * @param table of prices, which goes before the one that comes along
 */
record LlmPrices(Optional<Price> given, Optional<Path> table) {

  /**
   * Fills in the price.
   *
   * @throws UserError if the cost is limited and the price not known
   */
  void complete(SpecDraft draft) {
    Optional<Price> known = given.or(() -> fromFile(draft));
    if (known.isPresent()) {
      draft.set("/limits/price", List.of(known.get()));
    } else {
      draft.setDefault("/limits/price", listPrice(draft).stream().toList());
    }
    boolean limited = draft.decimal("/limits/cost") < LlmLimits.NO_COST_LIMIT;
    if (limited && draft.get("/limits/price/0").isEmpty()) {
      throw new UserError("--max-cost: " + noPrice(draft));
    }
  }

  private static String noPrice(SpecDraft draft) {
    List<String> models =
        LlmOptions.asked(draft)
            .map(role -> draft.text(role + "/model").orElseThrow())
            .distinct()
            .toList();
    return models.size() > 1
        ? "%s are asked, and all are charged one price: give it with --llm-price IN,OUT (US dollars for a million tokens of prompts and of answers; the highest is safe), or limit the tokens with --max-llm-tokens"
            .formatted(String.join(" and ", models))
        : "the price of %s is not known: give it with --llm-price IN,OUT (US dollars for a million tokens of prompts and of answers) or in a table with --llm-prices, or limit the tokens with --max-llm-tokens"
            .formatted(models.isEmpty() ? "an LLM that is not asked" : models.get(0));
  }

  private Optional<Price> fromFile(SpecDraft draft) {
    return table
        .map(path -> InputFiles.readable("--llm-prices", path))
        .map(path -> BadInput.refused(() -> PriceTable.read(path)))
        .flatMap(read -> priceOfAll(draft, role -> price(read, draft, role)));
  }

  /** Only where the provider itself sells the model, and not for Bedrock, whose ids are its own. */
  private static Optional<Price> listPrice(SpecDraft draft) {
    return priceOfAll(
        draft,
        role -> {
          Provider provider = LlmOptions.provider(draft, role);
          boolean sold =
              Address.of(provider, draft.text(role + "/baseUrl").orElseThrow()).wantsKey();
          return sold ? price(PriceTable.builtIn(), draft, role) : Optional.empty();
        });
  }

  /** A search has one price: none, where it asks two LLMs that differ in theirs. */
  private static Optional<Price> priceOfAll(
      SpecDraft draft, Function<String, Optional<Price>> priceOf) {
    List<Optional<Price>> prices = LlmOptions.asked(draft).map(priceOf).distinct().toList();
    return prices.size() == 1 ? prices.get(0) : Optional.empty();
  }

  private static Optional<Price> price(PriceTable table, SpecDraft draft, String role) {
    return table.of(LlmOptions.provider(draft, role), draft.text(role + "/model").orElseThrow());
  }
}
