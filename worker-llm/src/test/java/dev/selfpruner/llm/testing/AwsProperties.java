package dev.selfpruner.llm.testing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the AWS SDK of this JVM finds by itself, until it is closed. */
public final class AwsProperties implements AutoCloseable {
  private static final List<String> NAMES =
      List.of(
          "aws.accessKeyId",
          "aws.secretAccessKey",
          "aws.region",
          "aws.configFile",
          "aws.sharedCredentialsFile",
          "aws.disableEc2Metadata");

  private final Map<String, String> before = new HashMap<>();

  /** A region, and a key whose secret is {@code very-secret}. */
  public static AwsProperties given() {
    AwsProperties properties = new AwsProperties();
    properties.set("aws.accessKeyId", "AKIDTEST");
    properties.set("aws.secretAccessKey", "very-secret");
    properties.set("aws.region", "eu-west-1");
    return properties;
  }

  /** Neither credentials nor region, whatever this machine has in files. */
  public static AwsProperties none() {
    AwsProperties properties = new AwsProperties();
    properties.set("aws.configFile", "/dev/null");
    properties.set("aws.sharedCredentialsFile", "/dev/null");
    properties.set("aws.disableEc2Metadata", "true");
    return properties;
  }

  private AwsProperties() {
    NAMES.forEach(name -> before.put(name, System.getProperty(name)));
    NAMES.forEach(System::clearProperty);
  }

  public void set(String name, String value) {
    String unused = System.setProperty(name, value);
  }

  @Override
  public void close() {
    NAMES.forEach(
        name -> {
          if (before.get(name) == null) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, before.get(name));
          }
        });
  }
}
