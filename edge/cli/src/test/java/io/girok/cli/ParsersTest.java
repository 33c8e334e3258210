package io.girok.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// What people type: addresses, assignments, times, selections, lines with keys.
class ParsersTest {
    private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
    private static final ZoneId SEOUL = ZoneId.of("Asia/Seoul");

    @Test
    void anAddressIsHostAndPort() {
        assertThat(HostPort.parse("broker-1:9092")).isEqualTo(new HostPort("broker-1", 9092));
        assertThat(HostPort.parse("[::1]:9092")).isEqualTo(new HostPort("::1", 9092));
    }

    @Test
    void anythingElseIsNoAddress() {
        for (String text : List.of("", "broker", ":9092", "broker:", "broker:0", "broker:65536", "broker:x",
                "::1:9092")) {
            assertThatThrownBy(() -> HostPort.parse(text)).isInstanceOf(Failure.class)
                    .hasMessageContaining("'" + text + "' is not HOST:PORT");
        }
    }

    @Test
    void anAssignmentKeepsWhatFollowsTheFirstEquals() {
        assertThat(Assignment.parse("--set", "a = b=c")).isEqualTo(new Assignment("a", "b=c"));
        assertThat(Assignment.parse("--set", "a=")).isEqualTo(new Assignment("a", ""));
        assertThatThrownBy(() -> Assignment.parse("--set", "=b")).hasMessage("--set takes name=value, given: '=b'");
        assertThatThrownBy(() -> Assignment.parse("--set", "ab")).isInstanceOf(Failure.class);
    }

    @Test
    void aTimeHasManyForms() {
        assertThat(parseTime("1767225600000")).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(parseTime("2026-01-01")).isEqualTo("2025-12-31T15:00:00Z");
        assertThat(parseTime("2026-01-01T10:00:00")).isEqualTo("2026-01-01T01:00:00Z");
        assertThat(parseTime("2026-01-01t10:00:00z")).isEqualTo("2026-01-01T10:00:00Z");
        assertThat(parseTime("2026-01-01T10:00:00+02:00")).isEqualTo("2026-01-01T08:00:00Z");
        assertThat(parseTime("-90s")).isEqualTo("2026-01-01T23:58:30Z");
        assertThat(parseTime("-1d")).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void whatIsNoTimeIsRefusedWithTheFormsThatAre() {
        for (String text : List.of("", "now", "15m", "-15", "2026-13-01", "99999999999999999999")) {
            assertThatThrownBy(() -> parseTime(text)).isInstanceOf(Failure.class).hasMessageContaining("allowed:");
        }
    }

    @Test
    void aSelectionIsATopicOrSomeOfItsPartitions() {
        List<TopicPartition> all = List.of(new TopicPartition("orders", 0), new TopicPartition("orders", 1));

        assertThat(TopicSelection.parse("orders").of(all)).isEqualTo(all);
        assertThat(TopicSelection.parse("orders:1").of(all)).containsExactly(all.get(1));
        assertThatThrownBy(() -> TopicSelection.parse("orders:2").of(all))
                .hasMessage("topic 'orders' has no partition 2");
        assertThatThrownBy(() -> TopicSelection.parse("orders:")).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> TopicSelection.parse("orders:-1")).isInstanceOf(Failure.class);
    }

    @Test
    void theFirstSeparatorEndsTheKey() {
        KeyedLine line = KeyedLine.split("k::v::w".getBytes(UTF_8), "::".getBytes(UTF_8));

        assertThat(line).isNotNull();
        assertThat(line.key()).isEqualTo("k".getBytes(UTF_8));
        assertThat(line.value()).isEqualTo("v::w".getBytes(UTF_8));
        assertThat(KeyedLine.split("k:v".getBytes(UTF_8), "::".getBytes(UTF_8))).isNull();
    }

    private static String parseTime(String text) {
        return Instant.ofEpochMilli(TimePoint.parse(text, NOW, SEOUL)).toString();
    }
}
