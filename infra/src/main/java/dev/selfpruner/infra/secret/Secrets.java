package dev.selfpruner.infra.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.activities.LoadedSecrets;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.llm.chat.ApiKeys;
import java.net.URLDecoder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The secrets of this process's environment, and those that it has loaded since, to keep them out
 * of what is written. Those who handle a secret keep it to themselves; this is for a server that
 * repeats what it was sent, and for a library that tells too much.
 */
public final class Secrets {
  /**
   * A shorter one, such as the {@code none} that local servers are given, is a word like others.
   */
  private static final int SHORTEST = 8;

  /** A key of AES-256 in base64: what stands before it names it, and is no secret. */
  private static final int PAYLOAD_KEY = 43;

  /** What a collector lets us in by. */
  private static final List<String> OTLP_HEADERS =
      List.of("OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS");

  /**
   * What the names of headers that let us in hold; of others, such as a tenant's name, the value is
   * a word like others. The last two are vendors' names for their keys.
   */
  private static final Pattern LETS_IN =
      Pattern.compile(
          "authorization|key|token|secret|cookie|password|x-honeycomb-team|dsn",
          Pattern.CASE_INSENSITIVE);

  /** The first and last line of a PEM file. */
  private static final Pattern ARMOUR = Pattern.compile("-----(BEGIN|END) [^-]*-----");

  private static final String DOTS = "•••";
  private static final String PAYLOAD_KEYS = "SELFPRUNER_PAYLOAD_KEYS";
  private static final Secrets OF_THIS_PROCESS = from(System.getenv(), LoadedSecrets::all);

  private final List<String> values;
  private final Supplier<List<String>> loaded;

  private Secrets(List<String> values, Supplier<List<String>> loaded) {
    this.values = values;
    this.loaded = loaded;
  }

  /** Those that this process was started with, and what it loads. */
  public static Secrets ofThisProcess() {
    return OF_THIS_PROCESS;
  }

  static Secrets from(Map<String, String> environment) {
    return from(environment, List::of);
  }

  static Secrets from(Map<String, String> environment, Supplier<List<String>> loaded) {
    return new Secrets(
        variables()
            .flatMap(
                variable ->
                    parts(variable, environment.getOrDefault(variable, ""))
                        .filter(part -> part.length() >= shortest(variable)))
            .toList(),
        loaded);
  }

  private static int shortest(String variable) {
    return variable.equals(PAYLOAD_KEYS) ? PAYLOAD_KEY : SHORTEST;
  }

  private static Stream<String> variables() {
    return Stream.concat(
        Stream.concat(
            Stream.of(Provider.values()).flatMap(each -> ApiKeys.variables(each).stream()),
            OTLP_HEADERS.stream()),
        Stream.of(
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_BEARER_TOKEN_BEDROCK",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            "TEMPORAL_API_KEY",
            "TEMPORAL_GRPC_META_AUTHORIZATION",
            "TEMPORAL_TLS_CLIENT_KEY_DATA",
            PAYLOAD_KEYS,
            "SELFPRUNER_CODEC_TOKEN"));
  }

  /** The whole, and what stands between blanks and commas: a header's scheme, a key's name. */
  private static Stream<String> parts(String variable, String value) {
    return OTLP_HEADERS.contains(variable)
        ? Stream.of(value.split(",", -1)).flatMap(Secrets::ofHeader)
        : parts(value);
  }

  /** The same of any: of a PEM file the lines, but for those that say what it is. */
  public static Stream<String> parts(String value) {
    String words = ARMOUR.matcher(value).replaceAll(" ").strip();
    return Stream.concat(Stream.of(value.strip()), Stream.of(words.split("[\\s,]+", -1)));
  }

  /** Of {@code name=value}: the value as it stands there, percent-encoded, and as it is sent. */
  private static Stream<String> ofHeader(String header) {
    int equals = header.indexOf('=');
    if (equals >= 0 && !LETS_IN.matcher(header.substring(0, equals)).find()) {
      return Stream.empty();
    }
    String value = header.substring(equals + 1);
    return Stream.of(value, decoded(value)).flatMap(Secrets::parts);
  }

  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException e) {
      return value; // as it will be refused
    }
  }

  /** A text without them. */
  public String redact(String text) {
    String clean = text;
    for (String value : all()) {
      clean = clean.replace(value, DOTS);
    }
    return clean;
  }

  private List<String> all() {
    return Stream.concat(values.stream(), loaded.get().stream())
        .distinct()
        .sorted(Comparator.comparingInt(String::length).reversed()) // one may begin another
        .toList();
  }

  /** How many there are, and nothing of them. */
  @Override
  public String toString() {
    return all().size() + " secrets";
  }
}
