package dev.selfpruner.infra.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Version of NVIDIA's driver; numbers compare as numbers. */
record DriverVersion(List<Integer> numbers) implements Comparable<DriverVersion> {
  private static final Pattern DOT = Pattern.compile("\\.");

  /** Runs programs of any CUDA 12 (minor-version compatibility, NVIDIA's compatibility guide). */
  static final DriverVersion OLDEST = parse("525.60.13");

  /** Came with CUDA 12.8 (NVIDIA's release notes). */
  static final DriverVersion FULL = parse("570.26");

  DriverVersion {
    numbers = List.copyOf(numbers);
  }

  static DriverVersion parse(String version) {
    return new DriverVersion(DOT.splitAsStream(version).map(Integer::valueOf).toList());
  }

  @Override
  public int compareTo(DriverVersion other) {
    return Arrays.compare(numbers.toArray(Integer[]::new), other.numbers.toArray(Integer[]::new));
  }

  @Override
  public String toString() {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining("."));
  }
}
