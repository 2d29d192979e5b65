package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.artifact.StoreUnavailableException.Reason;
import java.io.FilterInputStream;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * An object's content as it comes in. It ends only where the object does: a connection that is lost
 * before is an error that is worth another try, and no damage to what is stored. Closed early, it
 * drops the connection, where the SDK would read the rest.
 */
final class S3ObjectStream extends FilterInputStream {
  private final ResponseInputStream<GetObjectResponse> content;
  private final String uri;
  private final long expected;
  private long count;
  private boolean ended;

  S3ObjectStream(ResponseInputStream<GetObjectResponse> content, String uri) {
    super(content);
    this.content = content;
    this.uri = uri;
    this.expected = content.response().contentLength();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    count += Math.max(0, read);
    if (read < 0) {
      ended = true;
      if (count < expected) {
        throw new StoreUnavailableException(
            "cannot read " + uri, Reason.CUT_OFF, "%d of %d bytes came".formatted(count, expected));
      }
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    if (ended) {
      content.close();
    } else {
      content.abort();
    }
  }
}
