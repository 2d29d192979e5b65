package dev.selfpruner.llm.testing;

import io.temporal.failure.ActivityFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Activities as Temporal calls them, which throw what they failed with. */
public final class CalledActivities {
  private CalledActivities() {}

  /**
   * What is called so.
   *
   * @param type an activity interface
   * @param implementation does what is called, each time in a worker that lives for one call
   */
  public static <T> T of(Class<T> type, T implementation) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call(type, implementation, method, arguments)));
  }

  private static <T> Object call(Class<T> type, T implementation, Method method, Object[] arguments)
      throws Throwable {
    TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    try {
      environment.registerActivitiesImplementations(implementation);
      return method.invoke(environment.newActivityStub(type), arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof ActivityFailure failure ? failure.getCause() : e.getCause();
    } finally {
      environment.close();
    }
  }
}
