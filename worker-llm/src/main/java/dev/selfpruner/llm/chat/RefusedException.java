package dev.selfpruner.llm.chat;

import dev.langchain4j.exception.HttpException;
import java.time.Duration;

/** An HTTP answer that isn't a success, with what LangChain4j's own exception leaves out. */
final class RefusedException extends HttpException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /**
   * @param retryAfter how long the endpoint asks to be left alone; zero where it doesn't say
   */
  RefusedException(int statusCode, String body, Duration retryAfter) {
    super(statusCode, body);
    this.retryAfter = retryAfter;
  }

  Duration retryAfter() {
    return retryAfter;
  }
}
