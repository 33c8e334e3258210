package io.girok.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Producers that send for a while, paced or as fast as they go, and wait until everything is acknowledged. One run is
/// one round; owned by the thread that runs it.
final class BenchProduce {
    private static final int MAX_BLOCK_MS = 60_000;

    private final BenchPlan plan;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final @Nullable Latencies latencies;

    BenchProduce(BenchPlan plan) {
        this.plan = plan;
        this.latencies = plan.isPaced() ? new Latencies() : null;
    }

    @Nullable
    Latencies latencies() {
        return latencies;
    }

    /// Sends for the plan's time; answers how many records were acknowledged, which is all that were sent.
    ///
    /// @throws Failure when a record was refused
    long run() {
        List<KafkaProducer<byte[], byte[]>> producers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        AtomicLong sent = new AtomicLong();
        try {
            for (int i = 0; i < plan.producers(); i++) {
                KafkaProducer<byte[], byte[]> producer = open(plan.client());
                producer.partitionsFor(plan.topic());
                producers.add(producer);
            }
            long startNs = System.nanoTime();
            for (int i = 0; i < producers.size(); i++) {
                KafkaProducer<byte[], byte[]> producer = producers.get(i);
                Payloads payloads = new Payloads(plan.recordBytes(), i);
                threads.add(
                        Thread.ofPlatform()
                                .name("bench-producer-" + i)
                                .start(() -> sent.addAndGet(send(producer, payloads, startNs))));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of("interrupted");
        } finally {
            producers.forEach(KafkaProducer::close);
        }
        Exception refused = failure.get();
        if (refused != null) {
            throw Failure.of("a record was not acknowledged: " + Explanation.of(refused));
        }
        if (acknowledged.get() != sent.get()) {
            throw Failure.of(sent.get() + " records were sent, and " + acknowledged.get() + " acknowledged");
        }
        return sent.get();
    }

    static KafkaProducer<byte[], byte[]> open(Map<String, Object> client) {
        Map<String, Object> settings = new HashMap<>(client);
        settings.putIfAbsent("max.block.ms", MAX_BLOCK_MS);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private long send(KafkaProducer<byte[], byte[]> producer, Payloads payloads, long startNs) {
        Pace pace = plan.isPaced() ? new Pace(startNs, Math.max(1, plan.perSecond() / plan.producers())) : null;
        long endNs = startNs + TimeUnit.SECONDS.toNanos(plan.seconds());
        long sent = 0;
        while (failure.get() == null) {
            long dueNs = pace == null ? System.nanoTime() : pace.nextDueNs();
            if (endNs <= dueNs) {
                break;
            }
            if (pace != null) {
                Pace.awaitNs(dueNs);
            }
            try {
                var _ = producer.send(
                        new ProducerRecord<>(plan.topic(), payloads.next(dueNs)),
                        (metadata, refused) -> acknowledged(refused, dueNs));
            } catch (RuntimeException e) {
                failure.compareAndSet(null, e);
                break;
            }
            sent++;
        }
        producer.flush();
        return sent;
    }

    private void acknowledged(@Nullable Exception refused, long dueNs) {
        if (refused != null) {
            failure.compareAndSet(null, refused);
            return;
        }
        acknowledged.incrementAndGet();
        if (latencies != null) {
            latencies.add(System.nanoTime() - dueNs);
        }
    }
}
