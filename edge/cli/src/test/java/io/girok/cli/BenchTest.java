package io.girok.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class BenchTest {
    private static final long SECOND_NS = 1_000_000_000;

    @Test
    void recordsAreDueAtASteadyRateWithoutDrift() {
        Pace pace = new Pace(5, 3);

        List<Long> due = List.of(pace.nextDueNs(), pace.nextDueNs(), pace.nextDueNs(), pace.nextDueNs());

        assertThat(due).containsExactly(5L, 5 + SECOND_NS / 3, 5 + 2 * SECOND_NS / 3, 5 + SECOND_NS);
    }

    @Test
    void theTimeInAPayloadIsTheOneItWasMadeWith() {
        Payloads payloads = new Payloads(100, 1);

        byte[] first = payloads.next(42);
        byte[] second = payloads.next(43);

        assertThat(first).hasSize(100).isNotEqualTo(second);
        assertThat(Payloads.timeNs(first)).isEqualTo(42);
        assertThat(Payloads.timeNs(new Payloads(Payloads.MIN_BYTES, 1).next(-1))).isEqualTo(-1);
    }

    @Test
    void percentilesAreOfAllLatencies() {
        Latencies latencies = new Latencies();
        for (int ms = 1; ms <= 100; ms++) {
            latencies.add(ms * 1_000_000L);
        }

        assertThat(latencies.percentileMs(50)).isBetween(49.9, 50.1);
        assertThat(latencies.percentileMs(99)).isBetween(98.9, 99.1);
        assertThat(latencies.maxMs()).isBetween(99.9, 100.2);
    }

    @Test
    void theMedianOfAnEvenNumberOfRoundsLiesBetweenTheMiddleOnes() {
        assertThat(BenchSummary.Spread.of(4, 1, 3, 2)).isEqualTo(new BenchSummary.Spread(1, 2.5, 4));
        assertThat(BenchSummary.Spread.of(9, 1, 5)).isEqualTo(new BenchSummary.Spread(1, 5, 9));
    }

    @Test
    void aFigureThatARoundLacksIsNotSummarized() {
        BenchRound measured = new BenchRound(1_000, 2_000_000_000, 2, null, OptionalDouble.of(6));
        BenchRound unmeasured = new BenchRound(1_000, 2_000_000_000, 4, null, OptionalDouble.empty());

        assertThat(measured.figures()).containsEntry("MB/s", 1_000.0)
                .containsEntry("records/s", 500.0)
                .containsEntry("broker CPU s/GB", 3.0);
        assertThat(new BenchSummary("produce", List.of(measured, unmeasured)).spreads())
                .containsOnlyKeys("records/s", "MB/s");
    }

    @Test
    void theProcessorTimeOfAProcessIsReadWhateverItIsCalled() {
        String stat = "7 (a (b) c) S 1 7 7 0 -1 4194304 100 0 0 0 250 150 9 9 20 0 30 0 100 1 1";

        assertThat(ProcessorTime.parseStat(stat)).isEqualTo(4.0);
        assertThatThrownBy(() -> ProcessorTime.parseStat("7 (x) S 1")).isInstanceOf(IllegalArgumentException.class);
        assertThat(ProcessorTime.seconds(ProcessHandle.current().pid())).isNotEmpty();
        assertThat(ProcessorTime.seconds(Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void theProcessBehindAPortIsFound() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(ProcessorTime.listener(socket.getLocalPort()))
                    .isEqualTo(OptionalLong.of(ProcessHandle.current().pid()));
        }
    }

    @Test
    void onlyListeningSocketsOfThePortCount() {
        List<String> table = List.of(
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
                "   0: 0100007F:2384 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1",
                "   1: 0100007F:2384 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 222 1",
                "   2: 0100007F:2385 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1");

        assertThat(ProcessorTime.listeningInodes(table, 0x2384)).containsExactly("socket:[111]");
    }
}
