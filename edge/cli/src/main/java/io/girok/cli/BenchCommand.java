package io.girok.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok bench`. Owned by the main thread.
@Command(name = "bench", description = {"Measure a broker: throughput, latency, and its processor time for a gigabyte.",
    "Each workload has one round that is not counted and then --rounds that are. Latency is counted from when a record "
            + "was due, not from when it was sent. MB and GB are powers of ten."})
final class BenchCommand implements Runnable {
    /// What can be measured. `consume` reads what a `produce` of the same length has written.
    enum Workload {
        PRODUCE, CONSUME, END_TO_END, ALL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "WORKLOAD", arity = "0..1", defaultValue = "all",
            description = "produce, consume, end-to-end or all (default).")
    String workload = "all";

    @Option(names = "--topic", paramLabel = "NAME",
            description = "Use this topic; it must not exist. Default: a new one.")
    @Nullable
    String topic;

    @Option(names = "--keep", description = "Do not delete the topic afterwards.")
    boolean keep;

    @Option(names = "--partitions", paramLabel = "N", defaultValue = "1", description = "Default: 1")
    int partitions;

    @Option(names = "--replication-factor", paramLabel = "N", description = "Default: the broker's.")
    @Nullable
    Short replicationFactor;

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "A setting of the topic; may be repeated.")
    List<String> settings = new ArrayList<>();

    @Option(names = "--record-size", paramLabel = "BYTES", defaultValue = "1024", description = "Default: 1024")
    int recordBytes;

    @Option(names = "--producers", paramLabel = "N", defaultValue = "1", description = "Default: 1")
    int producers;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "0",
            description = "Records a second. Default: as fast as it goes, and 1000 for end-to-end.")
    long perSecond;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "10",
            description = "How long a round sends. Default: 10")
    int seconds;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Default: 3")
    int rounds;

    @Option(names = "--acks", paramLabel = "ACKS", description = "all (default), 1 or 0.")
    @Nullable
    String acks;

    @Option(names = "--compression", paramLabel = "CODEC", description = "none (default), gzip, snappy, lz4 or zstd.")
    @Nullable
    String compression;

    @Option(names = "--broker-pid", paramLabel = "PID",
            description = "The broker's process. Default: who listens on the bootstrap port of this machine.")
    @Nullable
    Long brokerPid;

    @Option(names = "--json", description = "Print one JSON object for each workload.")
    boolean json;

    private final Terminal terminal = Terminal.standardError();
    private OptionalLong broker = OptionalLong.empty();

    /// One round; answers its records.
    private interface Round {
        BenchRound run(BenchPlan plan);
    }

    @Override
    public void run() {
        Workload wanted = workload();
        checkAtLeast("--partitions", partitions, 1);
        checkAtLeast("--record-size", recordBytes, Payloads.MIN_BYTES);
        checkAtLeast("--producers", producers, 1);
        checkAtLeast("--rate", perSecond, 0);
        checkAtLeast("--seconds", seconds, 1);
        checkAtLeast("--rounds", rounds, 1);
        Map<String, Object> properties = client.properties();
        broker = brokerPid == null ? localBroker(properties) : OptionalLong.of(brokerPid);
        String name = topic == null ? "girok-bench-" + UUID.randomUUID() : topic;
        BenchPlan plan = new BenchPlan(withProducerSettings(properties), name, recordBytes, producers, perSecond,
                seconds);
        try (Admin admin = Admin.create(properties); Output output = Output.standard()) {
            create(admin, name);
            try {
                measure(wanted, plan, output);
            } finally {
                terminal.clear();
                if (!keep) {
                    Answers.of(admin.deleteTopics(List.of(name)).all());
                }
            }
        }
    }

    private Workload workload() {
        for (Workload known : Workload.values()) {
            if (known.toString().equals(workload)) {
                return known;
            }
        }
        throw Failure.usage("there is no workload '" + workload + "'; allowed: produce, consume, end-to-end, all");
    }

    private static void checkAtLeast(String option, long given, long min) {
        if (given < min) {
            throw Failure.usage(option + " is " + given + "; allowed: " + min + " and more");
        }
    }

    private static OptionalLong localBroker(Map<String, Object> properties) {
        HostPort first = HostPort
                .parse(String.valueOf(properties.get("bootstrap.servers")).split(",", -1)[0].strip());
        boolean isHere = first.host().startsWith("127.") || first.host().equals("localhost")
                || first.host().equals("::1");
        return isHere ? ProcessorTime.listener(first.port()) : OptionalLong.empty();
    }

    private Map<String, Object> withProducerSettings(Map<String, Object> properties) {
        Map<String, Object> all = new LinkedHashMap<>(properties);
        all.remove("default.api.timeout.ms");
        all.put("acks", acks == null ? all.getOrDefault("acks", "all") : acks);
        if (compression != null) {
            all.put("compression.type", compression);
        }
        return all;
    }

    private void create(Admin admin, String name) {
        Map<String, String> config = new LinkedHashMap<>();
        for (String setting : settings) {
            Assignment assignment = Assignment.parse("--set", setting);
            config.put(assignment.name(), assignment.value());
        }
        try {
            Answers.of(
                    admin.createTopics(
                            List.of(
                                    new NewTopic(name, Optional.of(partitions), Optional.ofNullable(replicationFactor))
                                            .configs(config)))
                            .all());
        } catch (TopicExistsException e) {
            throw Failure.of("topic '" + name + "' exists already; a measurement fills and deletes its topic");
        }
    }

    private void measure(Workload wanted, BenchPlan plan, Output output) {
        Table table = Table.of("WORKLOAD", "FIGURE", "MIN", "MEDIAN", "MAX");
        if (wanted == Workload.PRODUCE || wanted == Workload.ALL) {
            report(summarize("produce", plan, this::produce), table, output);
        }
        if (wanted == Workload.CONSUME) {
            produce(plan);
        }
        if (wanted == Workload.CONSUME || wanted == Workload.ALL) {
            report(summarize("consume", plan, this::consume), table, output);
        }
        if (wanted == Workload.END_TO_END || wanted == Workload.ALL) {
            report(summarize("end-to-end", plan.paced(), this::endToEnd), table, output);
        }
        terminal.clear();
        if (!json) {
            table.print(output);
        }
    }

    private BenchSummary summarize(String name, BenchPlan plan, Round round) {
        List<BenchRound> counted = new ArrayList<>();
        for (int i = 0; i <= rounds; i++) {
            terminal.progress(name + ": " + (i == 0 ? "warming up" : "round " + i + " of " + rounds));
            BenchRound result = round.run(plan);
            if (0 < i) {
                counted.add(result);
            }
        }
        return new BenchSummary(name, counted);
    }

    private void report(BenchSummary summary, Table table, Output output) {
        if (json) {
            output.line(Json.of(summary.toJson()));
        }
        summary.spreads()
                .forEach(
                        (figure, spread) -> table.row(
                                summary.workload(),
                                figure,
                                text(spread.min()),
                                text(spread.median()),
                                text(spread.max())));
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }

    private BenchRound produce(BenchPlan plan) {
        BenchProduce load = new BenchProduce(plan);
        Stopwatch watch = new Stopwatch(broker);
        long records = load.run();
        return watch.round(records, records * plan.recordBytes(), load.latencies());
    }

    private BenchRound consume(BenchPlan plan) {
        try (BenchConsume consumer = BenchConsume.open(plan)) {
            consumer.seekToEnd();
            long records = consumer.distanceFromBeginning();
            consumer.seekToBeginning();
            Stopwatch watch = new Stopwatch(broker);
            long bytes = consumer.read(records);
            return watch.round(records, bytes, null);
        }
    }

    private BenchRound endToEnd(BenchPlan plan) {
        BenchEndToEnd load = new BenchEndToEnd(plan);
        Stopwatch watch = new Stopwatch(broker);
        long records = load.run();
        return watch.round(records, records * plan.recordBytes(), load.latencies());
    }

    /// Time by the wall and of the broker's processor since it was made. Immutable.
    private static final class Stopwatch {
        private static final double SECOND_NS = 1e9;

        private final long startNs = System.nanoTime();
        private final OptionalLong broker;
        private final OptionalDouble usedBefore;

        Stopwatch(OptionalLong broker) {
            this.broker = broker;
            this.usedBefore = used();
        }

        private OptionalDouble used() {
            return broker.isPresent() ? ProcessorTime.seconds(broker.getAsLong()) : OptionalDouble.empty();
        }

        BenchRound round(long records, long bytes, @Nullable Latencies latencies) {
            double seconds = (System.nanoTime() - startNs) / SECOND_NS;
            OptionalDouble usedNow = used();
            OptionalDouble used = usedBefore.isPresent() && usedNow.isPresent()
                    ? OptionalDouble.of(usedNow.getAsDouble() - usedBefore.getAsDouble())
                    : OptionalDouble.empty();
            return new BenchRound(records, bytes, seconds, latencies, used);
        }
    }
}
