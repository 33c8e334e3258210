package io.girok.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok consume`.
@Command(name = "consume", description = {"Print a topic's records, each value on one line.",
    "Without a place to start it begins with records that are yet to come, and goes on until Ctrl-C."})
final class ConsumeCommand implements Runnable {
    private static final int MAX_POLL_RECORDS = 2_000;

    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "TOPIC", description = "The topic.")
    String topic = "";

    @ArgGroup
    @Nullable
    Start start;

    /// Where to begin: one of them.
    static final class Start {
        @Option(names = "--from-beginning", description = "Begin with the oldest record.")
        boolean fromBeginning;

        @Option(names = "--offset", paramLabel = "N", description = "Begin at this offset of each partition read.")
        @Nullable
        Long offset;

        @Option(names = "--time", paramLabel = "TIME",
                description = "Begin at this time: 2026-01-01T10:00:00Z, milliseconds since 1970, -15m.")
        @Nullable
        String time;
    }

    @Option(names = "--partition", paramLabel = "N", split = ",", description = "Read these partitions only.")
    List<Integer> partitions = new ArrayList<>();

    @Option(names = "--group", paramLabel = "ID",
            description = "Read as a member of this group, from where it has got to, and commit what was printed.")
    @Nullable
    String group;

    @Option(names = "--max", paramLabel = "N", description = "End after N records.")
    long max = Long.MAX_VALUE;

    @Option(names = "--until-end", description = "End at the records that were the last ones at the start.")
    boolean untilEnd;

    @Option(names = "--json", description = "Print one JSON object a line; bytes that are no UTF-8 as "
            + "{\"base64\": \"...\"}.")
    boolean json;

    @Option(names = "--print-key", description = "Print the key and a tab before the value.")
    boolean printKey;

    @Option(names = "--key-separator", paramLabel = "TEXT", description = "Print the key and TEXT before the value.")
    @Nullable
    String keySeparator;

    @Override
    public void run() {
        check();
        Map<String, Object> properties = properties();
        List<TopicPartition> chosen = choosePartitions();
        try (Output output = Output.standard();
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                Interruption interruption = Interruption.watch(consumer::wakeup)) {
            String separator = keySeparator != null ? keySeparator : printKey ? "\t" : null;
            ConsumeRun run = new ConsumeRun(consumer, new RecordPrinter(output, json, separator), interruption);
            if (group == null) {
                run.assign(chosen, start());
            } else {
                run.subscribe(topic, untilEnd);
            }
            run.printUntil(max, untilEnd);
        }
    }

    private void check() {
        if (group != null && (!partitions.isEmpty() || (start != null && !start.fromBeginning))) {
            throw Failure.usage("--group reads from where the group has got to, on the partitions it is given: "
                    + "--partition, --offset and --time do not go with it ('girok group reset' moves a group)");
        }
        if (max < 1) {
            throw Failure.usage("--max is " + max + "; at least 1");
        }
        if (start != null && start.offset != null && start.offset < 0) {
            throw Failure.usage("--offset is " + start.offset + "; at least 0");
        }
    }

    private ConsumeRun.Start start() {
        if (start == null) {
            return new ConsumeRun.Start.AtEnd();
        }
        if (start.offset != null) {
            return new ConsumeRun.Start.AtOffset(start.offset);
        }
        if (start.time != null) {
            return new ConsumeRun.Start.AtTime(TimePoint.parse(start.time));
        }
        return new ConsumeRun.Start.AtBeginning();
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = client.properties();
        properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, (int) Math.min(max, MAX_POLL_RECORDS));
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        boolean fromBeginning = start != null && start.fromBeginning;
        properties.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, fromBeginning ? "earliest" : "latest");
        if (group != null) {
            properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        } else {
            properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        }
        return properties;
    }

    /// The partitions asked for, or all; a topic or partition that is not there is a [Failure].
    private List<TopicPartition> choosePartitions() {
        List<TopicPartition> all;
        try (Admin admin = client.admin()) {
            all = Topics.partitions(Topics.describe(admin, List.of(topic)).values().iterator().next());
        }
        for (int partition : partitions) {
            if (partition < 0 || all.size() <= partition) {
                throw Failure.of("topic '" + topic + "' has no partition " + partition + "; it has 0 to "
                        + (all.size() - 1));
            }
        }
        return partitions.isEmpty()
                ? all
                : partitions.stream().distinct().map(partition -> new TopicPartition(topic, partition)).toList();
    }
}
