package io.girok.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void valuesAreWrittenInTheOrderGiven() {
        Object value = Json.object("b", 1, "a", List.of(true, "x", 2.5), "none", null, "nested", Json.object());

        assertThat(Json.of(value)).isEqualTo("{\"b\":1,\"a\":[true,\"x\",2.5],\"none\":null,\"nested\":{}}");
    }

    @Test
    void textIsEscaped() {
        assertThat(Json.of("a\"b\\c\n\r\t\u0001\u007fé한😀"))
                .isEqualTo("\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u007fé한😀\"");
    }

    @Test
    void halfACharacterIsEscaped() {
        assertThat(Json.of("\ud83d")).isEqualTo("\"\\ud83d\"");
        assertThat(Json.of("a\ude00b")).isEqualTo("\"a\\ude00b\"");
    }

    @Test
    void numbersThatJsonLacksBecomeNull() {
        assertThat(Json.of(Arrays.asList(Double.NaN, Double.POSITIVE_INFINITY, null))).isEqualTo("[null,null,null]");
    }

    @Test
    void bytesAreTextWhereTheyCanBe() {
        assertThat(Json.of(Json.ofBytes("é".getBytes(StandardCharsets.UTF_8)))).isEqualTo("\"é\"");
        assertThat(Json.of(Json.ofBytes(new byte[]{(byte) 0xff, 0}))).isEqualTo("{\"base64\":\"/wA=\"}");
        assertThat(Json.of(Json.ofBytes(null))).isEqualTo("null");
    }
}
