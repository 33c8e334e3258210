package io.girok.benchmark.peer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Sends 200 records a second, to all partitions of a topic in turn, until it is closed, and its producer with it.
/// Thread-safe.
final class SteadySender implements AutoCloseable {
    private static final long PAUSE_NS = 5_000_000;
    private static final Duration LONG = Duration.ofMinutes(5);

    private final KafkaProducer<byte[], byte[]> producer;
    private final Queue<Double> answeredMs = new ConcurrentLinkedQueue<>();
    private final AtomicInteger failed = new AtomicInteger();
    private final Thread sender;
    private volatile boolean isOver;

    SteadySender(KafkaProducer<byte[], byte[]> producer, String topic, int partitions, int recordBytes) {
        this.producer = producer;
        sender = Thread.ofPlatform().start(() -> {
            for (int i = 0; !isOver; i++) {
                long dueNs = System.nanoTime();
                var _ = producer.send(new ProducerRecord<>(topic, i % partitions, null, new byte[recordBytes]),
                        (metadata, failure) -> {
                            answeredMs.add((System.nanoTime() - dueNs) / 1e6);
                            if (failure != null) {
                                failed.incrementAndGet();
                            }
                        });
                LockSupport.parkNanos(PAUSE_NS);
            }
        });
    }

    /// What answers took since the last call, in milliseconds, in ascending order.
    List<Double> takeAnswers() {
        List<Double> taken = new ArrayList<>();
        for (Double ms = answeredMs.poll(); ms != null; ms = answeredMs.poll()) {
            taken.add(ms);
        }
        Collections.sort(taken);
        return taken;
    }

    /// How many records failed so far.
    int failed() {
        return failed.get();
    }

    /// Ends once all is answered.
    void finish() throws InterruptedException {
        isOver = true;
        sender.join(LONG);
        producer.flush();
    }

    @Override
    public void close() {
        isOver = true;
        producer.close();
    }
}
