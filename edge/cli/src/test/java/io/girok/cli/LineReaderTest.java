package io.girok.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {
    @Test
    void linesAreSplitAtNewlinesOnly() throws IOException {
        assertThat(lines("a\r\n\nb\u0000c\n", 100)).containsExactly("a\r", "", "b\u0000c");
    }

    @Test
    void theLastLineNeedsNoNewline() throws IOException {
        assertThat(lines("a\nb", 100)).containsExactly("a", "b");
        assertThat(lines("", 100)).isEmpty();
        assertThat(lines("\n", 100)).containsExactly("");
    }

    @Test
    void aLineMayBeLongerThanAnyBuffer() throws IOException {
        String wide = "x".repeat(1_000_000);

        assertThat(lines(wide + "\n" + wide + "\nend", 1_000_000)).containsExactly(wide, wide, "end");
    }

    @Test
    void aLineBeyondTheLimitIsRefused() {
        assertThatThrownBy(() -> lines("x".repeat(101), 100)).isInstanceOf(IOException.class)
                .hasMessageContaining("100 bytes");
    }

    private static List<String> lines(String text, int maxLineBytes) throws IOException {
        LineReader reader = new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)),
                maxLineBytes);
        List<String> lines = new ArrayList<>();
        for (byte[] line = reader.next(); line != null; line = reader.next()) {
            lines.add(new String(line, StandardCharsets.ISO_8859_1));
        }
        return lines;
    }
}
