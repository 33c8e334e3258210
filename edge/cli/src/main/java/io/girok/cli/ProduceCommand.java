package io.girok.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok produce`.
@Command(name = "produce", description = {"Send lines to a topic, each as one record.",
    "Without keys the records are spread evenly over the partitions; with --key-separator each key stays on its "
            + "partition. At the end it prints how many records each partition got."})
final class ProduceCommand implements Runnable {
    private static final int MAX_LINE_BYTES = 64 * 1024 * 1024;
    private static final int LINGER_MS = 5;
    private static final int BATCH_BYTES = 64 * 1024;

    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "TOPIC", description = "The topic.")
    String topic = "";

    @Option(names = "--file", paramLabel = "FILE", description = "Read lines from FILE, not from standard input.")
    @Nullable
    Path file;

    @Option(names = "--key-separator", paramLabel = "TEXT",
            description = "What is before the first TEXT in a line is the record's key.")
    @Nullable
    String keySeparator;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "A header for every record; may be repeated.")
    List<String> headers = new ArrayList<>();

    @Option(names = "--compression", paramLabel = "CODEC", description = "none, gzip, snappy, lz4 or zstd.")
    @Nullable
    String compression;

    @Option(names = "--acks", paramLabel = "ACKS",
            description = "all: wait until the record is safe (default); 1: until the leader has it; 0: do not wait.")
    @Nullable
    String acks;

    @Option(names = "--json", description = "Print the final count as a JSON object.")
    boolean json;

    @Override
    public void run() {
        if (keySeparator != null && keySeparator.isEmpty()) {
            throw Failure.usage("--key-separator can't be empty");
        }
        List<Header> parsedHeaders = parseHeaders();
        try (InputStream in = open();
                ProduceRun run = ProduceRun.open(topic, parsedHeaders, properties());
                Interruption interruption = Interruption.watch(run::finish)) {
            try {
                sendAll(new LineReader(in, MAX_LINE_BYTES), run);
            } finally {
                run.finish();
            }
            if (!interruption.isRequested()) {
                run.throwFailure();
            }
        } catch (IOException e) {
            throw Failure.of("can't read " + (file == null ? "standard input" : "'" + file + "'") + ": "
                    + e.getMessage());
        }
    }

    private void sendAll(LineReader lines, ProduceRun run) throws IOException {
        byte @Nullable [] separator = keySeparator == null ? null : keySeparator.getBytes(StandardCharsets.UTF_8);
        long number = 0;
        for (byte[] line = lines.next(); line != null && !run.isStopped(); line = lines.next()) {
            number++;
            KeyedLine record = separator == null ? KeyedLine.withoutKey(line) : KeyedLine.split(line, separator);
            if (record == null) {
                throw Failure.of("line " + number + " has no key separator '" + keySeparator + "'");
            }
            run.send(record);
        }
    }

    private List<Header> parseHeaders() {
        List<Header> parsed = new ArrayList<>();
        for (String header : headers) {
            Assignment assignment = Assignment.parse("--header", header);
            parsed.add(new RecordHeader(assignment.name(), assignment.value().getBytes(StandardCharsets.UTF_8)));
        }
        return parsed;
    }

    private ProduceRun.Settings properties() {
        Map<String, Object> properties = client.properties();
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, LINGER_MS);
        properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        properties.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, properties.get("default.api.timeout.ms"));
        properties.remove("default.api.timeout.ms");
        if (compression != null) {
            properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, compression);
        }
        if (acks != null) {
            properties.put(ProducerConfig.ACKS_CONFIG, acks);
        }
        return new ProduceRun.Settings(properties, json);
    }

    private InputStream open() throws IOException {
        if (file == null) {
            return System.in;
        }
        try {
            return Files.newInputStream(file);
        } catch (NoSuchFileException e) {
            throw Failure.of("there is no file '" + file + "'");
        }
    }
}
