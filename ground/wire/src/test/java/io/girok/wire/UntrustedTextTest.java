package io.girok.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UntrustedTextTest {
    @Test
    void whatIsHarmlessStaysReadable() {
        assertThat(UntrustedText.quoted("rdkafka 2.15 (x86)")).isEqualTo("'rdkafka 2.15 (x86)'");
        assertThat(UntrustedText.quoted("")).isEqualTo("''");
        assertThat(UntrustedText.quoted(null)).isEqualTo("(none)");
    }

    @Test
    void noLineCanBeForged() {
        assertThat(UntrustedText.quoted("a\r\n\u001b[2J' \\기")).isEqualTo("'a\\u000d\\u000a\\u001b[2J\\' \\\\\\uae30'");
    }

    @Test
    void longTextIsCut() {
        assertThat(UntrustedText.quoted("x".repeat(30_000))).isEqualTo("'" + "x".repeat(100) + "...'");
    }
}
