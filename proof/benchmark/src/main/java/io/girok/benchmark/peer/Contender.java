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
    KAFKA_FSYNC(Program.KAFKA, Map.of("log.flush.interval.messages", "1")),
    /// Like [#GIROK_OS], and asks a thousand ACLs what the load may do.
    GIROK_OS_ACLS(Program.GIROK, Map.of("durability", "os", "authorizer.class.name",
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "allow.everyone.if.no.acl.found", "true"),
            Beside.ACLS),
    /// Like [#GIROK_OS], with its metadata on three ZooKeeper servers that are there before; for clusters.
    GIROK_OS_ZOOKEEPER(Program.GIROK, Map.of("durability", "os"), Beside.ENSEMBLE),
    /// Like [#GIROK_OS], with the TLS of the JDK.
    GIROK_OS_JDK_TLS(Program.GIROK, Map.of("durability", "os", "ssl.provider", "SunJSSE")),
    /// Like [#GIROK_OS], with thousands of connections that do nothing or next to nothing.
    GIROK_OS_CROWDED(Program.GIROK, Map.of("durability", "os"), Beside.CROWD),
    /// Like [#KAFKA], with the same connections.
    KAFKA_CROWDED(Program.KAFKA, Map.of(), Beside.CROWD);

    /// Whose broker it is.
    enum Program {
        GIROK, KAFKA
    }

    /// What is there beside the broker and its load.
    enum Beside {
        NOTHING, ACLS, CROWD, ENSEMBLE
    }

    private final Program program;
    // Made by Map.of().
    @SuppressWarnings("ImmutableEnumChecker")
    private final Map<String, String> settings;
    private final Beside beside;

    Contender(Program program, Map<String, String> settings) {
        this(program, settings, Beside.NOTHING);
    }

    Contender(Program program, Map<String, String> settings, Beside beside) {
        this.program = program;
        this.settings = settings;
        this.beside = beside;
    }

    Program program() {
        return program;
    }

    Map<String, String> settings() {
        return settings;
    }

    Beside beside() {
        return beside;
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
