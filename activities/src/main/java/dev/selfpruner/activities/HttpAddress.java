package dev.selfpruner.activities;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Addresses of servers that people name. They are shown, in histories, messages and lists of
 * processes: what lets somebody in has no place in them.
 */
public final class HttpAddress {
  /** Marks behind or before which a secret may stand, in what isn't understood as an address. */
  private static final Pattern MARKS = Pattern.compile("[?#@]");

  private HttpAddress() {}

  /**
   * Looks at an address.
   *
   * @param whose for messages: {@code an LLM}
   * @param instead where keys go, for messages
   * @throws IllegalArgumentException if it is none of HTTP's, or has a user, a query or a fragment;
   *     what may be a secret is not repeated
   */
  public static URI require(String address, String whose, String instead) {
    URI uri;
    try {
      uri = URI.create(address);
    } catch (IllegalArgumentException e) {
      // neither the address nor the cause, which quotes it: there may be a password inside
      throw new IllegalArgumentException("the address of %s is not a URI".formatted(whose));
    }
    boolean http = // http:host has no parts that could be looked at
        !uri.isOpaque() && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    boolean more =
        http
            ? uri.getRawQuery() != null
                || uri.getRawFragment() != null
                || Optional.ofNullable(uri.getRawAuthority()).orElse("").contains("@")
            : MARKS.matcher(address).find();
    if (more) {
      throw new IllegalArgumentException(
          "the address of %s has neither a user nor a query nor a fragment, as it is shown in histories and messages: %s"
              .formatted(whose, instead));
    }
    if (!http) {
      throw new IllegalArgumentException("not an http(s) address: " + address);
    }
    return uri;
  }
}
