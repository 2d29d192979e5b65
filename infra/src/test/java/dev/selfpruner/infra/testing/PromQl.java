package dev.selfpruner.infra.testing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics that queries of Prometheus name. */
public final class PromQl {
  private static final Pattern STRINGS = Pattern.compile("\"[^\"]*\"");
  private static final Pattern SELECTORS = Pattern.compile("\\{[^}]*}|\\[[^\\]]*]");
  private static final Pattern LABELS =
      Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*\\b(?!\\s*\\()");
  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "offset", "by", "sum", "max", "min", "avg", "count");

  private PromQl() {}

  /** What is left of a query without its functions, labels and words. */
  public static Set<String> metrics(String query) {
    String bare = STRINGS.matcher(query).replaceAll("");
    bare = SELECTORS.matcher(bare).replaceAll("");
    bare = LABELS.matcher(bare).replaceAll("");
    Set<String> names = new TreeSet<>();
    Matcher name = NAME.matcher(bare);
    while (name.find()) {
      if (!WORDS.contains(name.group())) {
        names.add(name.group());
      }
    }
    return names;
  }

  /** Those of the dashboard's queries. */
  public static Set<String> ofDashboard() throws IOException {
    JsonNode dashboard =
        Json.read(Repository.infra("grafana/dashboards/selfpruner.json"), JsonNode.class);
    Set<String> names = new TreeSet<>();
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        names.addAll(metrics(target.path("expr").asText()));
      }
    }
    return names;
  }

  /** Those of the alert rules. */
  public static Set<String> ofAlerts() throws IOException {
    Set<String> names = new TreeSet<>();
    for (JsonNode group :
        Repository.yaml(Repository.infra("prometheus/selfpruner-alerts.yml")).path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        names.addAll(metrics(rule.path("expr").asText()));
      }
    }
    return names;
  }
}
