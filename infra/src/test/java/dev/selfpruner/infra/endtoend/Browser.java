package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.embedded.RealServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Headless Chromium, driven through chromedriver by the W3C's WebDriver protocol: JSON over HTTP,
 * of which this needs six requests. Needs Debian's packages chromium and chromium-driver.
 */
final class Browser {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOK_EVERY_MILLIS = 250;

  /** Longer than a menu takes to open what it is for. */
  private static final Duration OPENING = Duration.ofSeconds(3);

  /** What the protocol calls it where a page has put another element there, or before it. */
  private static final Set<String> PAGE_CHANGED =
      Set.of("stale element reference", "element click intercepted", "element not interactable");

  /** What the web interface asks of people where its server was too slow for it. */
  private static final String TRY_AGAIN = "Try a refresh";

  /** What was to be seen in vain. */
  private static final Path FAILED = Path.of("target", "screenshots", "failed.png");

  /** The page's, and that of pages within it. */
  private static final String TEXT =
      """
      const pages = [document, ...[...document.querySelectorAll('iframe')].map(each => each.contentDocument)];
      return pages.map(each => each?.body?.innerText ?? '').join('\\n');
      """;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process driver;
  private final String address;
  private String session = "";

  private Browser(Process driver, int port) {
    this.driver = driver;
    this.address = "http://127.0.0.1:" + port;
  }

  /** Starts one, or skips the test where there is none. */
  static Browser start(Path folder) throws Exception {
    RealServers.require(
        onPath("chromium") && onPath("chromedriver"),
        "there is no chromium with chromedriver: install chromium and chromium-driver");
    int port = freePort();
    Process driver =
        new ProcessBuilder("chromedriver", "--port=" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("chromedriver.log").toFile())
            .start();
    Browser browser = new Browser(driver, port);
    try {
      browser.await("chromedriver", () -> browser.isReady());
      browser.session =
          browser
              .post("/session", Map.of("capabilities", Map.of("alwaysMatch", capabilities())))
              .path("sessionId")
              .asText();
      return browser;
    } catch (Exception | AssertionError e) {
      browser.end();
      throw e;
    }
  }

  void open(URI page) throws Exception {
    JsonNode unused = post(inSession("/url"), Map.of("url", page.toString()));
  }

  /** Types into the element that a CSS selector finds, once it is there. */
  void type(String selector, String text) throws Exception {
    String element = clicked(selector, "");
    JsonNode unusedKeys = post(inSession("/element/" + element + "/value"), Map.of("text", text));
  }

  /** Clicks on what a CSS selector finds that shows exactly {@code text}; any where it is empty. */
  void click(String selector, String text) throws Exception {
    String unused = clicked(selector, text);
  }

  /**
   * Clicks on an entry of a menu, and opens the menu again where the page, put together anew, has
   * closed it.
   *
   * @param menu text of the button that opens it
   * @param entry CSS selector
   * @param opened CSS selector of what is to be seen then
   */
  void choose(String menu, String entry, String opened) throws Exception {
    await(
        opened,
        () -> {
          if (found(opened, "").isObject()) {
            return true;
          }
          Optional<String> unusedMenu = clickNow("button", menu);
          long end = System.nanoTime() + OPENING.toNanos();
          while (System.nanoTime() < end && !found(opened, "").isObject()) {
            boolean unused = clickNow(entry, "").isPresent();
          }
          return found(opened, "").isObject();
        });
  }

  /** What was clicked on; found again where the page put another in its place meanwhile. */
  private String clicked(String selector, String text) throws Exception {
    List<String> element = new ArrayList<>();
    await(
        "%s %s to click on".formatted(selector, text),
        () -> {
          clickNow(selector, text).ifPresent(element::add);
          return !element.isEmpty();
        });
    return element.get(0);
  }

  /** Empty where it isn't there, or is no more. */
  private Optional<String> clickNow(String selector, String text) throws Exception {
    JsonNode found = found(selector, text);
    if (!found.isObject()) {
      return Optional.empty();
    }
    String element = found.elements().next().asText(); // a reference's key is the protocol's
    try {
      JsonNode unused = post(inSession("/element/" + element + "/click"), Map.of());
      return Optional.of(element);
    } catch (PageChangedException e) {
      return Optional.empty();
    }
  }

  /** Waits until the text that is to be seen is as wished, and returns it. */
  String read(String what, Predicate<String> wished) throws Exception {
    String[] text = {""};
    await(
        what,
        () -> {
          text[0] = script(TEXT).asText();
          return wished.test(text[0]);
        });
    return text[0];
  }

  /** Waits until people don't see any of what a CSS selector finds. */
  void awaitGone(String selector) throws Exception {
    await(
        "no " + selector,
        () ->
            !script(
                    "return [...document.querySelectorAll(arguments[0])].some(each => each.offsetParent !== null);",
                    selector)
                .asBoolean());
  }

  /** Saves what is to be seen, for people to look at. */
  void picture(Path file) throws Exception {
    Files.createDirectories(file.getParent());
    Path unused =
        Files.write(
            file, Base64.getDecoder().decode(send("GET", inSession("/screenshot"), "").asText()));
  }

  /**
   * The one that people see: pages have others for narrow screens. No object where there is none.
   */
  private JsonNode found(String selector, String text) throws Exception {
    return script(
        """
        return [...document.querySelectorAll(arguments[0])].find(each =>
            each.offsetParent !== null && !each.disabled
            && (arguments[1] === '' || each.innerText.trim() === arguments[1])) ?? null;
        """,
        selector,
        text);
  }

  private JsonNode script(String body, String... arguments) throws Exception {
    return post(inSession("/execute/sync"), Map.of("script", body, "args", List.of(arguments)));
  }

  /** Between finding something and doing something with it. */
  private static final class PageChangedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    PageChangedException(String message) {
      super(message);
    }
  }

  /** What may become true. */
  private interface Wish {
    boolean holds() throws Exception;
  }

  private void await(String what, Wish wish) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!wish.holds()) {
      if (System.nanoTime() > end && session.isEmpty()) {
        fail("it is not there in time: " + what);
      }
      if (System.nanoTime() > end) {
        picture(FAILED);
        fail("the browser does not show in time: %s; see %s".formatted(what, FAILED));
      }
      Thread.sleep(LOOK_EVERY_MILLIS);
      if (!session.isEmpty() && script(TEXT).asText().contains(TRY_AGAIN)) {
        JsonNode unused = post(inSession("/refresh"), Map.of());
        Thread.sleep(LOOK_EVERY_MILLIS);
      }
    }
  }

  private boolean isReady() throws Exception {
    try {
      return send("GET", "/status", "").path("ready").asBoolean();
    } catch (IOException e) {
      return false;
    }
  }

  private String inSession(String path) {
    return "/session/" + session + path;
  }

  private JsonNode post(String path, Object body) throws Exception {
    return send("POST", path, Json.write(body));
  }

  private JsonNode send(String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(PATIENCE)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    String answer = http.send(request, BodyHandlers.ofString()).body();
    JsonNode value = Json.mapper().readTree(answer).path("value");
    if (PAGE_CHANGED.contains(value.path("error").asText())) {
      throw new PageChangedException(value.path("message").asText());
    }
    if (value.has("error")) {
      throw new IllegalStateException("%s %s: %s".formatted(method, path, value.path("message")));
    }
    return value;
  }

  private static Map<String, Object> capabilities() {
    return Map.of(
        "goog:chromeOptions",
        Map.of(
            "args",
            List.of(
                "--headless=new",
                "--no-sandbox", // tests run as root in containers
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--window-size=1400,1100")));
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Ends it, and the driver with it. */
  void end() throws Exception {
    try {
      if (!session.isEmpty()) {
        JsonNode unused = send("DELETE", inSession(""), "");
      }
    } finally {
      driver.descendants().forEach(ProcessHandle::destroyForcibly);
      driver.destroyForcibly().waitFor();
    }
  }
}
