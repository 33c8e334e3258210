package io.girok.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// From the moment a record was due to be sent until a consumer has it, at a steady rate. One run is one round; owned
/// by the thread that runs it.
final class BenchEndToEnd {
    private static final long STALL_NS = 30_000_000_000L;

    private final BenchPlan plan;
    private final Latencies latencies = new Latencies();

    /// @param plan paced
    BenchEndToEnd(BenchPlan plan) {
        this.plan = plan;
    }

    Latencies latencies() {
        return latencies;
    }

    /// @throws Failure when a record was refused or did not come
    long run() {
        try (BenchConsume consumer = BenchConsume.open(plan)) {
            consumer.seekToEnd();
            CompletableFuture<Long> sending = CompletableFuture.supplyAsync(new BenchProduce(plan)::run);
            long received = 0;
            long lastNs = System.nanoTime();
            while (!sending.isDone() || received < sent(sending)) {
                long count = consumer.readAges(latencies);
                received += count;
                if (0 < count) {
                    lastNs = System.nanoTime();
                } else if (lastNs + STALL_NS < System.nanoTime()) {
                    throw Failure.of("no record has come for half a minute, after " + received);
                }
            }
            return received;
        }
    }

    private static long sent(CompletableFuture<Long> sending) {
        try {
            return sending.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Failure failure ? failure : Failure.of(Explanation.of(e));
        }
    }
}
