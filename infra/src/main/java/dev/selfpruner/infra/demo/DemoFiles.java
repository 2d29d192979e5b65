package dev.selfpruner.infra.demo;

import java.nio.file.Path;

/**
 * Where the demo lies on disk.
 *
 * @param model directory of the model, in Hugging Face's form
 * @param searchText to calibrate and search on
 * @param testText to report on; the model has seen neither, and no story is in both
 */
public record DemoFiles(Path model, Path searchText, Path testText) {
  static DemoFiles in(Path directory) {
    return new DemoFiles(
        directory.resolve("model"), directory.resolve("search.txt"), directory.resolve("test.txt"));
  }
}
