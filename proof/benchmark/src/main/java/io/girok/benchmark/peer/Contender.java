package io.girok.benchmark.peer;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A broker with the settings that make the comparison a fair one. Immutable.
enum Contender {
    /// As it comes: `acks=all` waits for stable storage.
    GIROK(Program.GIROK, Map.of()),
    /// Promises what Apache Kafka promises as it comes: the operating system has the record.
    GIROK_OS(Program.GIROK, Map.of("durability", "os")),
    /// As it comes.
    KAFKA(Program.KAFKA, Map.of()),
    /// Promises what Girok promises as it comes: every append is synced before it is acknowledged.
    KAFKA_FSYNC(Program.KAFKA, Map.of("log.flush.interval.messages", "1"));

    /// Whose broker it is.
    enum Program {
        GIROK, KAFKA
    }

    private final Program program;
    // Made by Map.of().
    @SuppressWarnings("ImmutableEnumChecker")
    private final Map<String, String> settings;

    Contender(Program program, Map<String, String> settings) {
        this.program = program;
        this.settings = settings;
    }

    Program program() {
        return program;
    }

    Map<String, String> settings() {
        return settings;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Contender of(String name) {
        return Arrays.stream(values())
                .filter(contender -> contender.toString().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "there is no contender '" + name + "'; allowed: " + List.of(values())));
    }
}
