package io.girok.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingSourcesTest {
    @TempDir
    Path directory;

    @Test
    void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        Path file = directory.resolve("girok.properties");
        Files.writeString(file, "a.b=file\nc.d=file\ne.f = file \n");

        Map<String, String> settings = SettingSources.read(
                List.of("--set", "a.b=line=1", "--config", file.toString()),
                Map.of("GIROK_A_B", "environment", "GIROK_C_D", "environment", "GIROK_JAVA_HOME", "/jdk", "HOME", "/"));

        assertThat(settings)
                .containsExactlyInAnyOrderEntriesOf(Map.of("a.b", "line=1", "c.d", "environment", "e.f", "file"));
    }

    @Test
    void anOptionMayCarryItsValueAfterAnEqualsSign() {
        assertThat(SettingSources.read(List.of("--set=num.partitions=3"), Map.of()))
                .containsExactly(Map.entry("num.partitions", "3"));
    }

    @Test
    void anEmptyValueIsAValue() {
        assertThat(SettingSources.read(List.of("--set", "http.listeners="), Map.of()))
                .containsExactly(Map.entry("http.listeners", ""));
    }

    @Test
    void whatIsNotUnderstoodIsNamed() {
        assertThatThrownBy(() -> SettingSources.read(List.of("--sat", "a=b"), Map.of())).isInstanceOf(UsageError.class)
                .hasMessageContaining("'--sat'")
                .hasMessageContaining("--set name=value");
        assertThatThrownBy(() -> SettingSources.read(List.of("--set", "novalue"), Map.of()))
                .hasMessageContaining("'novalue'");
        assertThatThrownBy(() -> SettingSources.read(List.of("--config", "/no/such/file"), Map.of()))
                .hasMessageContaining("/no/such/file");
    }
}
