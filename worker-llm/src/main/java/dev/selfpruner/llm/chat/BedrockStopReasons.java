package dev.selfpruner.llm.chat;

import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** Gives LangChain4j only those reasons that it knows: it fails at others, answer and all. */
final class BedrockStopReasons implements ExecutionInterceptor {
  @Override
  public SdkResponse modifyResponse(
      Context.ModifyResponse context, ExecutionAttributes attributes) {
    if (context.response() instanceof ConverseResponse response && response.stopReason() != null) {
      return response.toBuilder().stopReason(known(response.stopReason())).build();
    }
    return context.response();
  }

  private static StopReason known(StopReason reason) {
    return switch (reason) {
      case MODEL_CONTEXT_WINDOW_EXCEEDED -> StopReason.MAX_TOKENS;
      case MALFORMED_MODEL_OUTPUT, MALFORMED_TOOL_USE, UNKNOWN_TO_SDK_VERSION ->
          StopReason.END_TURN;
      case END_TURN, TOOL_USE, MAX_TOKENS, STOP_SEQUENCE, GUARDRAIL_INTERVENED, CONTENT_FILTERED ->
          reason;
    };
  }
}
