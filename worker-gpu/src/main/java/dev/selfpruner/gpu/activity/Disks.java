package dev.selfpruner.gpu.activity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the disks that folders are on have left. The folders have to be there. */
interface Disks {
  /** This machine's. */
  Disks HERE =
      new Disks() {
        @Override
        public Object of(Path folder) throws IOException {
          return Files.getFileStore(folder);
        }

        @Override
        public long free(Path folder) throws IOException {
          return Files.getFileStore(folder).getUsableSpace();
        }
      };

  /** The disk that a folder is on: equal ones have their room in common. */
  Object of(Path folder) throws IOException;

  /** Bytes that may still be written to a folder's disk. */
  long free(Path folder) throws IOException;
}
