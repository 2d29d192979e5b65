package dev.selfpruner.infra.doctor;

import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.doctor.Finding.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** All that was seen on a machine, in the order of looking. */
public record Diagnosis(List<Finding> findings) {
  public Diagnosis {
    findings = List.copyOf(findings);
  }

  /** Makes all checks, one after the other. */
  public static Diagnosis of(List<Check> checks) {
    return new Diagnosis(checks.stream().flatMap(check -> check.findings().stream()).toList());
  }

  public boolean hasProblem() {
    return problems() > 0;
  }

  private long problems() {
    return findings.stream().filter(finding -> finding.status() == Status.PROBLEM).count();
  }

  /** One line for machines. */
  public String json() {
    return Json.write(
        Map.of(
            "problems",
            problems(),
            "findings",
            findings.stream()
                .map(
                    finding ->
                        Map.of(
                            "check", finding.check(),
                            "status", finding.status().word(),
                            "found", finding.found(),
                            "advice", finding.advice()))
                .toList()));
  }

  /** A table for people: what to do stands under what is not right. */
  public String text() {
    int width = findings.stream().mapToInt(finding -> finding.check().length()).max().orElse(1);
    String margin = " ".repeat(9 + width + 2);
    List<String> lines = new ArrayList<>();
    for (Finding finding : findings) {
      lines.add(
          "%-7s  %s  %s"
              .formatted(
                  finding.status().word(),
                  finding.check() + " ".repeat(width - finding.check().length()),
                  finding.found()));
      finding
          .advice()
          .lines()
          .map(line -> margin + (line.isBlank() ? "" : "> " + line))
          .forEach(lines::add);
    }
    lines.add("");
    lines.add(
        switch ((int) problems()) {
          case 0 -> "no problem";
          case 1 -> "1 problem";
          default -> problems() + " problems";
        });
    return String.join(System.lineSeparator(), lines);
  }
}
