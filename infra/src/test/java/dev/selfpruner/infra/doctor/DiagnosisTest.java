package dev.selfpruner.infra.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
  private static final Diagnosis DIAGNOSIS =
      new Diagnosis(
          List.of(
              Finding.ok("java", "17"),
              Finding.note("gpus", "none", "install a driver"),
              Finding.problem("temporal", "no server\n at a:1", "start it\nor leave it out")));

  @Test
  void showsPeopleATableWithWhatToDo() {
    assertThat(DIAGNOSIS.text())
        .isEqualTo(
            """
            ok       java      17
            note     gpus      none
                               > install a driver
            problem  temporal  no server at a:1
                               > start it
                               > or leave it out

            1 problem""");
  }

  @Test
  void givesMachinesOneLine() {
    assertThat(DIAGNOSIS.json()).hasLineCount(1);
    assertThat(Json.read(DIAGNOSIS.json(), JsonNode.class))
        .isEqualTo(
            Json.read(
                """
                {
                  "problems": 1,
                  "findings": [
                    {"check": "java", "status": "ok", "found": "17", "advice": ""},
                    {"check": "gpus", "status": "note", "found": "none", "advice": "install a driver"},
                    {"check": "temporal", "status": "problem", "found": "no server at a:1",
                     "advice": "start it\\nor leave it out"}
                  ]
                }
                """,
                JsonNode.class));
  }

  @Test
  void aNoteIsNoProblem() {
    Diagnosis notes = new Diagnosis(List.of(Finding.note("gpus", "none", "install a driver")));
    assertThat(notes.hasProblem()).isFalse();
    assertThat(notes.text()).endsWith("no problem");
    assertThat(DIAGNOSIS.hasProblem()).isTrue();
  }

  @Test
  void whatIsNotRightComesWithAdviceAndNothingElseDoes() {
    assertThatThrownBy(() -> Finding.problem("java", "16", " "))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Finding("java", Finding.Status.OK, "17", "use 18"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
