package io.girok.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the fuzzer has found and what it begins with, played once more without it.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CorpusTest {
    private static final Path CORPUS = Path.of("corpus");

    @ParameterizedTest
    @EnumSource(Targets.class)
    void everyInputEndsAsItShould(Targets which) throws Exception {
        FuzzTarget target = which.make();
        List<byte[]> inputs = new ArrayList<>(target.seeds());
        List<byte[]> kept = Corpus.read(Corpus.packOf(CORPUS, which));
        inputs.addAll(kept);

        for (byte[] input : inputs) {
            assertThatCode(() -> Targets.check(target, input)).as("input of %s: %s", which.label(),
                    java.util.HexFormat.of().formatHex(input)).doesNotThrowAnyException();
        }

        assertThat(kept).as("kept inputs of %s", which.label()).isNotEmpty();
    }

    @Test
    void aPackIsTheSameForTheSameInputs(@TempDir Path directory) throws Exception {
        byte[] one = {1};
        byte[] two = {2, 2};

        Corpus.write(directory.resolve("a.zip"), List.of(one, two, one));
        Corpus.write(directory.resolve("b.zip"), List.of(two, one));

        assertThat(directory.resolve("a.zip")).hasSameBinaryContentAs(directory.resolve("b.zip"));
        assertThat(Corpus.read(directory.resolve("a.zip"))).containsExactlyInAnyOrder(one, two);
    }
}
