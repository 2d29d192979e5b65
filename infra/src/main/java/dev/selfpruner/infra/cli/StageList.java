package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.Stage;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Stages of selection as an option says them: {@code 1:8,4:3,16:3}, windows and survivors. */
record StageList(List<Stage> stages) {
  private static final Pattern STAGE = Pattern.compile("(\\d{1,9}):(\\d{1,9})");

  StageList {
    stages = List.copyOf(stages);
  }

  /** The individuals that the last stage leaves. */
  int population() {
    return stages.get(stages.size() - 1).survivors();
  }

  /** Reads them. */
  static final class Converter implements ITypeConverter<StageList> {
    @Override
    public StageList convert(String value) {
      return new StageList(
          Stream.of(value.split(",", -1)).map(each -> stage(value, each)).toList());
    }

    private static Stage stage(String value, String part) {
      Matcher stage = STAGE.matcher(part.strip());
      if (!stage.matches()) {
        throw new TypeConversionException(
            "'%s' are no stages: give windows and survivors of each, such as 1:8,4:3,16:3"
                .formatted(value));
      }
      try {
        return new Stage(Integer.parseInt(stage.group(1)), Integer.parseInt(stage.group(2)));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
