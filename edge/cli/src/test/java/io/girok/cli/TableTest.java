package io.girok.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsLineUpAndNumbersStandToTheRight() {
        Table table = Table.of("TOPIC", "LAG", "MEMBER").row("orders", 5, "a").row("x", 1200, "b").row("y", "-", "");

        assertThat(table.lines()).containsExactly(
                "TOPIC    LAG  MEMBER",
                "orders     5  a",
                "x       1200  b",
                "y          -");
    }

    @Test
    void withoutRowsTheHeadingsRemain() {
        assertThat(Table.of("A", "B").lines()).containsExactly("A  B");
    }

    @Test
    void controlCharactersOfNamesDoNotReachTheTerminal() {
        assertThat(Table.of("ID").row("a\u001b[2Jb\n").lines()).containsExactly("ID", "a?[2Jb?");
    }

    @Test
    void aRowMustFitTheHeadings() {
        assertThatThrownBy(() -> Table.of("A", "B").row(1)).isInstanceOf(IllegalArgumentException.class);
    }
}
