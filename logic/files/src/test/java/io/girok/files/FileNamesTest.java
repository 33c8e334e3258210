package io.girok.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.PartitionName;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../etc", "a/b", "a\\b", "a\0b", "a b", "ü"})
    void noNameLeavesTheDirectory(String topic) {
        assertThatThrownBy(() -> FileNames.directory(Path.of("/data"), new PartitionName(topic, 0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTopicHasAtMost249Characters() {
        assertThat(FileNames.isTopic("x".repeat(249))).isTrue();
        assertThat(FileNames.isTopic("x".repeat(250))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "orders-", "-3", "orders-x", "orders-3.abc-delete", "orders-03",
        "orders-3.u-stray",
        "orders-99999999999", "lost+found"})
    void otherDirectoriesAreNoPartitions(String directory) {
        assertThat(FileNames.partition(directory)).isEmpty();
    }

    @Test
    void aPartitionsDirectoryNamesIt() {
        assertThat(FileNames.partition("my-orders-12")).contains(new PartitionName("my-orders", 12));
    }

    @Test
    void aFileIsNamedByTwentyDigits() {
        assertThat(FileNames.of(42, ".log")).isEqualTo("00000000000000000042.log");
        assertThat(FileNames.offset("00000000000000000042.log", ".log")).hasValue(42);
        assertThat(FileNames.offset("99999999999999999999.log", ".log")).isEmpty();
        assertThat(FileNames.offset("42.log", ".log")).isEmpty();
    }
}
