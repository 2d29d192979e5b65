package dev.selfpruner.workflows;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** What a workflow has to know of the server that it runs on: answered by workflow workers. */
@ActivityInterface(namePrefix = "Server")
public interface ServerActivities {

  /**
   * Which of our search attributes the server knows, with our types: telling it of another would
   * fail a workflow's task for ever.
   *
   * @return their names; none where the server doesn't say
   */
  @ActivityMethod
  List<String> searchAttributes();
}
