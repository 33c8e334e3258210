package io.girok.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// The sending half of `girok produce`: spreads, counts what the broker acknowledged, and says so once at the end.
///
/// One thread sends; the producer's own thread reports acknowledgements; [#finish] may come from any thread (Ctrl-C
/// while the sender waits for input) and does its work once.
final class ProduceRun implements AutoCloseable {
    /// How to produce. Immutable.
    record Settings(Map<String, Object> properties, boolean json) {}

    private final String topic;
    private final List<Header> headers;
    private final boolean json;
    private final KafkaProducer<byte[], byte[]> producer;
    private final EvenSpread spread;
    private final AtomicLongArray acknowledged;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Terminal terminal = Terminal.standardError();
    private final long startedAtNs = System.nanoTime();
    private volatile boolean isStopped;
    private boolean isFinished;
    private long sent;

    private ProduceRun(String topic, List<Header> headers, boolean json, KafkaProducer<byte[], byte[]> producer,
            int partitions) {
        this.topic = topic;
        this.headers = headers;
        this.json = json;
        this.producer = producer;
        this.spread = new EvenSpread(partitions);
        this.acknowledged = new AtomicLongArray(partitions);
    }

    static ProduceRun open(String topic, List<Header> headers, Settings settings) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings.properties(), new ByteArraySerializer(),
                new ByteArraySerializer());
        try {
            int partitions = producer.partitionsFor(topic).size();
            return new ProduceRun(topic, headers, settings.json(), producer, partitions);
        } catch (TimeoutException e) {
            producer.close(java.time.Duration.ZERO);
            throw Failure.of("topic '" + topic + "' does not exist and was not created: " + e.getMessage());
        } catch (InvalidTopicException e) {
            producer.close(java.time.Duration.ZERO);
            throw Failure.of("'" + topic + "' can't be a topic's name");
        } catch (RuntimeException e) {
            producer.close(java.time.Duration.ZERO);
            throw e;
        }
    }

    void send(KeyedLine line) {
        var _ = producer.send(
                new ProducerRecord<>(topic, spread.partitionFor(line.key()), null, line.key(), line.value(), headers),
                this::acknowledge);
        sent++;
        terminal.progress(sent + " records sent, " + total() + " acknowledged");
    }

    /// Whether sending more makes no sense: the broker refused a record, or the user wants to stop.
    boolean isStopped() {
        return isStopped;
    }

    /// Waits for the acknowledgements and prints the count.
    synchronized void finish() {
        if (isFinished) {
            return;
        }
        isFinished = true;
        isStopped = true;
        producer.flush();
        terminal.clear();
        try (Output output = Output.standard()) {
            print(output);
        }
    }

    /// Throws what the broker answered when it refused a record.
    void throwFailure() {
        Exception problem = failure.get();
        if (problem instanceof RecordTooLargeException) {
            throw Failure.of("a record is too large: " + problem.getMessage());
        }
        if (problem != null) {
            throw Failure.of("sent " + sent + " records, " + total() + " acknowledged; " + Explanation.of(problem));
        }
    }

    @Override
    public void close() {
        producer.close();
    }

    /// Called by the producer's thread.
    private void acknowledge(@Nullable RecordMetadata metadata, @Nullable Exception problem) {
        if (problem != null) {
            failure.compareAndSet(null, problem);
            isStopped = true;
        } else if (metadata != null && metadata.partition() < acknowledged.length()) {
            acknowledged.incrementAndGet(metadata.partition());
        }
    }

    private long total() {
        long total = 0;
        for (int i = 0; i < acknowledged.length(); i++) {
            total += acknowledged.get(i);
        }
        return total;
    }

    private void print(Output output) {
        double seconds = (System.nanoTime() - startedAtNs) / 1e9;
        if (json) {
            List<Object> partitions = new ArrayList<>();
            for (int i = 0; i < acknowledged.length(); i++) {
                partitions.add(Json.object("partition", i, "records", acknowledged.get(i)));
            }
            output.line(
                    Json.of(Json.object("topic", topic, "records", total(), "seconds", seconds, "partitions",
                            partitions)));
            return;
        }
        Table table = Table.of("PARTITION", "RECORDS");
        for (int i = 0; i < acknowledged.length(); i++) {
            table.row(i, acknowledged.get(i));
        }
        table.print(output);
        output.line("%d records in %.1f s".formatted(total(), seconds));
    }
}
