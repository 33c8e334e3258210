package io.girok.quorum.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.metadata.UnreadableMetadata;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EntryTest {
    private static final String PATH = "/log/7";
    private final Entry entry = new Entry(3, 41, List.of("a".getBytes(UTF_8), new byte[0], new byte[2_000]));

    @Test
    void whatIsWrittenIsRead() {
        Entry read = Entry.read(PATH, entry.write());

        assertThat(read.epoch()).isEqualTo(3);
        assertThat(read.firstOffset()).isEqualTo(41);
        assertThat(read.endOffset()).isEqualTo(44);
        assertThat(read.records()).usingElementComparator(Arrays::compare).isEqualTo(entry.records());
    }

    @Test
    void aTornEntryIsUnreadableWhereverItIsTorn() {
        byte[] whole = entry.write();

        for (int length = 0; length < whole.length; length++) {
            byte[] torn = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Entry.read(PATH, torn)).isInstanceOf(UnreadableMetadata.class)
                    .hasMessageContaining(PATH);
        }
    }

    @Test
    void flippedBytesAreReadOrRefusedButNeverTakeMemory() {
        Random random = new Random(Long.getLong("seed", 1));
        for (int run = 0; run < 2_000; run++) {
            byte[] bytes = new Entry(1, 2, List.of(new byte[300], new byte[1])).write();
            bytes[random.nextInt(25)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(Entry.read(PATH, bytes).records().stream().mapToInt(each -> each.length).sum())
                        .isLessThan(bytes.length);
            } catch (UnreadableMetadata refused) {
                assertThat(refused).hasMessageContaining(PATH);
            }
        }
    }

    @Test
    void anEntryOfALaterLayoutIsNotGuessedAt() {
        byte[] later = entry.write();
        later[0] = 2;

        assertThatThrownBy(() -> Entry.read(PATH, later)).hasMessageContaining("later version");
    }
}
