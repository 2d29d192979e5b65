package dev.selfpruner.infra.cli;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Dampings as an option says them: {@code 3e-4,1e-3}. */
record DampingList(List<Double> dampings) {
  DampingList {
    dampings = List.copyOf(dampings);
  }

  /** Reads them. */
  static final class Converter implements ITypeConverter<DampingList> {
    @Override
    public DampingList convert(String value) {
      return new DampingList(Stream.of(value.split(",", -1)).map(Converter::damping).toList());
    }

    private static double damping(String value) {
      double damping = number(value);
      if (!(damping > 0.0 && damping <= 1.0)) {
        throw new TypeConversionException(
            "a damping is in (0, 1], and '%s' isn't".formatted(value));
      }
      return damping;
    }

    private static double number(String value) {
      try {
        return Double.parseDouble(value.strip());
      } catch (NumberFormatException e) {
        return Double.NaN;
      }
    }
  }
}
