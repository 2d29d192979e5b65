package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.search.RemovalOrder;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A constant by its name in words: {@code query-head}. */
abstract class Choice<E extends Enum<E>> implements ITypeConverter<E> {
  private final Class<E> type;

  /** {@code query-head}, {@code head-of-every-group}, {@code group}. */
  static final class OfAttentionUnit extends Choice<AttentionUnit> {
    OfAttentionUnit() {
      super(AttentionUnit.class);
    }
  }

  /** {@code wanda-sp}, {@code brain-surgeon}. */
  static final class OfOrder extends Choice<RemovalOrder> {
    OfOrder() {
      super(RemovalOrder.class);
    }
  }

  /** {@code none}, {@code dense-once}, {@code sequential}. */
  static final class OfReconstruction extends Choice<Reconstruction> {
    OfReconstruction() {
      super(Reconstruction.class);
    }
  }

  /** {@code skip}, {@code buffer-one}, ... */
  static final class OfOverlap extends Choice<Overlap> {
    OfOverlap() {
      super(Overlap.class);
    }
  }

  Choice(Class<E> type) {
    this.type = type;
  }

  @Override
  public E convert(String value) {
    return Stream.of(type.getEnumConstants())
        .filter(constant -> words(constant).equals(value.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'%s' is none of %s"
                        .formatted(
                            value,
                            Stream.of(type.getEnumConstants())
                                .map(Choice::words)
                                .collect(Collectors.joining(", ")))));
  }

  static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
