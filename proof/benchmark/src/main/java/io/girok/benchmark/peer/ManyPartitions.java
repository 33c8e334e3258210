package io.girok.benchmark.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What partitions cost: to create, to keep, to stop and to start with. Owned by the main thread.
@Command(name = "partitions", mixinStandardHelpOptions = true, description = {
    "Creates many partitions, writes a record to each, and measures the broker: memory, files, idling, a clean stop "
            + "and start, a kill -9 and start. A start is over when every partition has a leader, and again when every "
            + "partition has told its end offset."})
public final class ManyPartitions implements Callable<Integer> {
    private static final double PERCENT = 100;
    private static final double MS_IN_NS = 1e6;
    private static final int TOPICS_PER_REQUEST = 10;
    private static final long REQUEST_LIMIT_MINUTES = 20;

    @Mixin
    Rounds rounds = new Rounds();

    @Option(names = "--partitions", defaultValue = "10000", description = "Default: 10000")
    int partitions;

    @Option(names = "--topics", defaultValue = "100", description = "Over so many topics. Default: 100")
    int topics;

    @Option(names = "--idle", defaultValue = "30",
            description = "Watch the idle broker four times so many seconds. Default: 30")
    int idleSeconds;

    @Option(names = "--empty", description = "Write no records.")
    boolean isEmpty;

    /// @param arguments see `--help`
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ManyPartitions()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        return rounds.run(List.of(Contender.GIROK, Contender.KAFKA), this::measure);
    }

    private void measure(Repository repository, Contender contender, Path own)
            throws IOException, InterruptedException, ExecutionException {
        Meter meter = new Meter(contender, rounds.figures());
        try (BrokerProcess broker = BrokerProcess.start(repository, contender, own, Map.of())) {
            long filesBefore = broker.openFiles();
            long mapsBefore = broker.memoryMaps();
            try (Admin admin = admin(broker)) {
                meter.time("create, ms", () -> create(admin));
                if (!isEmpty) {
                    meter.time("write a record to each, ms", () -> write(broker));
                }
            }
            meter.figure("resident, MB", broker.residentMb());
            meter.figure("open files beyond an empty broker's", (double) (broker.openFiles() - filesBefore));
            meter.figure("memory maps beyond an empty broker's", (double) (broker.memoryMaps() - mapsBefore));
            meter.figure("clean stop, ms", broker.stopMs());
        }
        try (BrokerProcess broker = restart(meter, repository, own, "clean restart")) {
            meter.figure("resident after a restart, MB", broker.residentMb());
            meter.figure("open files after a restart", (double) broker.openFiles());
            meter.figure("memory maps after a restart", (double) broker.memoryMaps());
            for (String when : List.of("at first", "then", "next", "at rest")) {
                double before = broker.cpuSeconds();
                Thread.sleep(Duration.ofSeconds(idleSeconds));
                meter.figure("idle " + when + ", % of a core",
                        (broker.cpuSeconds() - before) / idleSeconds * PERCENT);
            }
            meter.figure("resident after that, MB", broker.residentMb());
            broker.kill();
        }
        try (BrokerProcess broker = restart(meter, repository, own, "restart after kill -9")) {
            broker.stopMs();
        }
    }

    private BrokerProcess restart(Meter meter, Repository repository, Path own, String what)
            throws IOException, InterruptedException, ExecutionException {
        long beginNs = System.nanoTime();
        BrokerProcess broker = BrokerProcess.start(repository, meter.contender(), own, Map.of());
        meter.figure(what + ": first answer, ms", broker.readyMs());
        try (Admin admin = admin(broker)) {
            awaitLeaders(admin);
            meter.figure(what + ": all have leaders, ms", (System.nanoTime() - beginNs) / MS_IN_NS);
            awaitOffsets(admin);
            meter.figure(what + ": all told their end, ms", (System.nanoTime() - beginNs) / MS_IN_NS);
        } catch (ExecutionException | InterruptedException | RuntimeException e) {
            broker.kill();
            throw e;
        }
        return broker;
    }

    /// Puts figures down for one contender. Owned by the main thread.
    private record Meter(Contender contender, Figures figures) {
        void figure(String name, double value) {
            figures.add(contender, name, value);
        }

        void time(String name, Step step) throws ExecutionException, InterruptedException {
            long beginNs = System.nanoTime();
            step.run();
            figure(name, (System.nanoTime() - beginNs) / MS_IN_NS);
        }
    }

    private interface Step {
        void run() throws ExecutionException, InterruptedException;
    }

    private static Admin admin(BrokerProcess broker) {
        int limitMs = (int) TimeUnit.MINUTES.toMillis(REQUEST_LIMIT_MINUTES);
        return Admin.create(
                Map.of("bootstrap.servers", broker.bootstrap(), "request.timeout.ms", limitMs,
                        "default.api.timeout.ms", limitMs));
    }

    private List<String> topicNames() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < topics; i++) {
            all.add("many-" + i);
        }
        return all;
    }

    private void create(Admin admin) throws ExecutionException, InterruptedException {
        List<NewTopic> wanted = topicNames().stream()
                .map(name -> new NewTopic(name, Optional.of(partitions / topics), Optional.empty()))
                .toList();
        for (int i = 0; i < wanted.size(); i += TOPICS_PER_REQUEST) {
            admin.createTopics(wanted.subList(i, Math.min(i + TOPICS_PER_REQUEST, wanted.size()))).all().get();
        }
        awaitLeaders(admin);
    }

    private void write(BrokerProcess broker) throws ExecutionException {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap(), "acks", "all",
                "delivery.timeout.ms", 600_000, "max.block.ms", 600_000);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings, new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (String topic : topicNames()) {
                for (int index = 0; index < partitions / topics; index++) {
                    var _ = producer.send(new ProducerRecord<>(topic, index, null, new byte[100]),
                            (metadata, refused) -> {
                                if (refused != null) {
                                    failure.compareAndSet(null, refused);
                                }
                            });
                }
            }
            producer.flush();
        }
        if (failure.get() != null) {
            throw new ExecutionException(failure.get());
        }
    }

    private void awaitLeaders(Admin admin) throws ExecutionException, InterruptedException {
        while (!haveLeaders(admin)) {
            Thread.sleep(Duration.ofMillis(10));
        }
    }

    private boolean haveLeaders(Admin admin) throws ExecutionException, InterruptedException {
        try {
            return admin.describeTopics(topicNames())
                    .allTopicNames()
                    .get()
                    .values()
                    .stream()
                    .allMatch(
                            topic -> topic.partitions().size() == partitions / topics
                                    && topic.partitions().stream().allMatch(partition -> partition.leader() != null));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof org.apache.kafka.common.errors.RetriableException) {
                return false;
            }
            throw e;
        }
    }

    private void awaitOffsets(Admin admin) throws ExecutionException, InterruptedException {
        long expected = isEmpty ? 0 : 1;
        // All at once would measure the client, which takes the square of their number.
        for (String topic : topicNames()) {
            Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
            for (int index = 0; index < partitions / topics; index++) {
                wanted.put(new TopicPartition(topic, index), OffsetSpec.latest());
            }
            admin.listOffsets(wanted).all().get().forEach((partition, found) -> {
                if (found.offset() != expected) {
                    throw new IllegalStateException(partition + " ends at " + found.offset() + ", not at " + expected);
                }
            });
        }
    }
}
