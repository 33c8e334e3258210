package io.girok.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.coordinator.PartitionLog.FailureReason;
import io.girok.coordinator.simulated.MemoryPartitionLog;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// A map of texts stands for the state machine.
class CoordinatorRuntimeTest {
    private static final int MAX_BATCH_BYTES = 500;
    private static final long COMMIT_TIMEOUT_MS = 5_000;

    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final MemoryPartitionLog log = new MemoryPartitionLog(MAX_BATCH_BYTES);
    private final List<Texts> states = new ArrayList<>();

    private static final class Texts implements CoordinatorState {
        final Map<String, String> texts = new TreeMap<>();
        final CoordinatorTimers<Texts> timers;
        final List<Reply<String>> parked = new ArrayList<>();
        int softChanges;

        Texts(CoordinatorTimers<Texts> timers) {
            this.timers = timers;
        }

        @Override
        public void applyRecord(CoordinatorRecord record) {
            ByteBuffer value = record.value();
            String key = text(record.key());
            if (key.startsWith("!")) {
                throw new UnreadableRecord("planted");
            }
            if (value == null) {
                texts.remove(key);
            } else {
                texts.put(key, text(value));
            }
        }

        @Override
        public Decision onLoaded() {
            if (texts.containsKey("alarm")) {
                timers.schedule("alarm", 100, _ -> Decision.create().record(put("alarm", "rang")));
            }
            return Decision.create();
        }
    }

    private static CoordinatorRecord put(String key, String value) {
        return new CoordinatorRecord(bytes(key), bytes(value));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private CoordinatorRuntime<Texts> newRuntime(RuntimeLimits limits) {
        CoordinatorRuntime<Texts> runtime = new CoordinatorRuntime<>("texts-0", log, shard, clock, limits, timers -> {
            states.add(new Texts(timers));
            return states.getLast();
        });
        runtime.start();
        return runtime;
    }

    private CoordinatorRuntime<Texts> loadedRuntime() {
        CoordinatorRuntime<Texts> runtime = newRuntime(new RuntimeLimits(100, 100, 1_000, COMMIT_TIMEOUT_MS));
        shard.runAll();
        return runtime;
    }

    private static CompletableFuture<Outcome<String>> write(CoordinatorRuntime<Texts> runtime, String key,
            String value) {
        return runtime.submit((_, reply) -> Decision.answered(reply, "done").record(put(key, value)));
    }

    private static CompletableFuture<Outcome<String>> read(CoordinatorRuntime<Texts> runtime, String key) {
        return runtime.submit((state, reply) -> Decision.answered(reply, state.texts.getOrDefault(key, "none")));
    }

    private Texts state() {
        return states.getLast();
    }

    private static Outcome<String> answered(String answer) {
        return new Outcome.Answered<>(answer);
    }

    private static Outcome<String> failed(Outcome.Reason reason) {
        return new Outcome.Failed<>(reason);
    }

    @Test
    void whatTheLogHoldsIsReplayedInSlices() {
        for (int i = 0; i < 20; i++) {
            log.plant(put("key" + i, "value" + i));
        }

        CoordinatorRuntime<Texts> runtime = loadedRuntime();

        assertThat(runtime.isActive()).isTrue();
        assertThat(state().texts).hasSize(20).containsEntry("key19", "value19");
    }

    @Test
    void commandsAreRefusedWhileTheLogIsReplayed() {
        CoordinatorRuntime<Texts> runtime = newRuntime(RuntimeLimits.DEFAULT);

        CompletableFuture<Outcome<String>> early = read(runtime, "key");
        shard.runAll();
        CompletableFuture<Outcome<String>> late = read(runtime, "key");
        shard.runAll();

        assertThat(early).isCompletedWithValue(failed(Outcome.Reason.LOADING));
        assertThat(late).isCompletedWithValue(answered("none"));
    }

    @Test
    void aTailThatIsNotYetCommittedKeepsTheCoordinatorLoading() {
        log.hold();
        log.plant(put("key", "value"));
        CoordinatorRuntime<Texts> runtime = loadedRuntime();

        assertThat(runtime.isActive()).isFalse();

        log.commit();
        shard.runAll();

        assertThat(runtime.isActive()).isTrue();
    }

    @Test
    void aTailThatCannotBeCommittedIsNotServed() {
        log.hold();
        log.plant(put("key", "value"));
        log.lackReplicas();
        CoordinatorRuntime<Texts> runtime = loadedRuntime();

        CompletableFuture<Outcome<String>> early = read(runtime, "key");
        shard.advance(60_000);
        assertThat(early).isCompletedWithValue(failed(Outcome.Reason.LOADING));
        assertThat(states).as("it is replayed once").hasSize(2);
        log.accept();
        log.commit();
        shard.runAll();

        assertThat(runtime.isActive()).isTrue();
    }

    @Test
    void anUnreadableRecordIsPassedOver() {
        log.plant(put("a", "1"));
        log.plant(put("!", "?"));
        log.plant(put("b", "2"));

        loadedRuntime();

        assertThat(state().texts).containsOnlyKeys("a", "b");
    }

    @Test
    void anAnswerLeavesWhenItsRecordsAreCommitted() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        log.hold();

        CompletableFuture<Outcome<String>> answer = write(runtime, "key", "value");
        shard.runAll();
        assertThat(answer).isNotDone();
        log.commit();
        shard.runAll();

        assertThat(answer).isCompletedWithValue(answered("done"));
    }

    @Test
    void aReadSeesWhatIsNotYetCommittedAndWaitsForIt() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        log.hold();
        write(runtime, "key", "value");
        shard.runAll();

        CompletableFuture<Outcome<String>> answer = read(runtime, "key");
        shard.runAll();
        assertThat(answer).isNotDone();
        log.commit();
        shard.runAll();

        assertThat(answer).isCompletedWithValue(answered("value"));
    }

    @Test
    void whatIsNotCommittedInTimeKeepsNobodyWaiting() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        int loads = states.size();
        log.hold();
        CompletableFuture<Outcome<String>> writer = write(runtime, "key", "value");
        shard.runAll();
        log.lackReplicas();
        CompletableFuture<Outcome<String>> reader = read(runtime, "key");
        shard.advance(COMMIT_TIMEOUT_MS - 1);
        assertThat(writer).isNotDone();
        assertThat(reader).isNotDone();

        shard.advance(1);
        CompletableFuture<Outcome<String>> later = read(runtime, "key");
        shard.runAll();

        assertThat(List.of(writer, reader, later)).allSatisfy(
                each -> assertThat(each).isCompletedWithValue(failed(Outcome.Reason.UNAVAILABLE)));
        shard.advance(60_000);
        assertThat(states).as("nothing is replayed").hasSize(loads);

        log.accept();
        log.commit();
        shard.runAll();
        CompletableFuture<Outcome<String>> last = read(runtime, "key");
        shard.runAll();

        assertThat(last).isCompletedWithValue(answered("value"));
    }

    @Test
    void eachBatchHasItsOwnTime() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        log.hold();
        CompletableFuture<Outcome<String>> first = write(runtime, "a", "1");
        shard.advance(COMMIT_TIMEOUT_MS - 1);
        CompletableFuture<Outcome<String>> second = write(runtime, "b", "2");
        shard.advance(1);
        CompletableFuture<Outcome<String>> reader = read(runtime, "a");
        shard.runAll();

        assertThat(first).isCompletedWithValue(failed(Outcome.Reason.UNAVAILABLE));
        assertThat(second).isNotDone();
        assertThat(reader).isNotDone();
        shard.advance(COMMIT_TIMEOUT_MS);

        assertThat(second).isCompletedWithValue(failed(Outcome.Reason.UNAVAILABLE));
        assertThat(reader).isCompletedWithValue(failed(Outcome.Reason.UNAVAILABLE));
        log.commit();
        CompletableFuture<Outcome<String>> third = write(runtime, "c", "3");
        shard.runAll();
        assertThat(third).isCompletedWithValue(answered("done"));
    }

    @Test
    void theTimeOfABatchThatARestartHasDroppedConcernsNobody() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        log.hold();
        write(runtime, "a", "1");
        shard.runAll();
        log.failHeld(FailureReason.UNAVAILABLE, false);
        shard.advance(1_000);
        log.hold();

        CompletableFuture<Outcome<String>> answer = write(runtime, "a", "2");
        shard.advance(COMMIT_TIMEOUT_MS - 1);
        assertThat(answer).isNotDone();
        shard.advance(1);

        assertThat(answer).isCompletedWithValue(failed(Outcome.Reason.UNAVAILABLE));
    }

    @Test
    void commandsOfOneTurnShareAnAppend() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();

        write(runtime, "a", "1");
        write(runtime, "b", "2");
        write(runtime, "c", "3");
        shard.runAll();

        assertThat(log.batchSizes()).containsExactly(3);
    }

    @Test
    void aBatchStaysWithinItsSize() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();

        List<CompletableFuture<Outcome<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            answers.add(write(runtime, "key" + i, "v".repeat(100)));
        }
        shard.runAll();

        assertThat(log.batchSizes()).containsExactly(3, 3, 3, 1);
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(answered("done")));
    }

    @Test
    void recordsThatDoNotFitIntoABatchAreRefusedAndLeaveNoTrace() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();

        CompletableFuture<Outcome<String>> answer = runtime.submit(
                (state, reply) -> Decision.answered(reply, "done")
                        .record(put("small", "1"))
                        .record(put("large", "v".repeat(MAX_BATCH_BYTES)))
                        .softChange(() -> state.softChanges++));
        shard.runAll();

        assertThat(answer).isCompletedWithValue(failed(Outcome.Reason.TOO_LARGE));
        assertThat(state().texts).isEmpty();
        assertThat(state().softChanges).isZero();
        assertThat(log.records()).isEmpty();
        assertThat(runtime.isActive()).isTrue();
    }

    @Test
    void manyRecordsThatStandAloneAreSpreadOverBatches() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();

        CompletableFuture<Outcome<String>> answer = runtime.submit((_, reply) -> {
            Decision decision = Decision.answered(reply, "done").splittable();
            for (int i = 0; i < 7; i++) {
                decision.record(put("key" + i, "v".repeat(100)));
            }
            return decision;
        });
        shard.runAll();

        assertThat(answer).isCompletedWithValue(answered("done"));
        assertThat(log.batchSizes()).containsExactly(3, 3, 1);
    }

    @Test
    void aRefusedAppendLeavesNoTrace() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        write(runtime, "key", "before");
        shard.runAll();
        log.refuse(FailureReason.UNAVAILABLE);

        CompletableFuture<Outcome<String>> answer = write(runtime, "key", "after");
        shard.runAll();
        log.accept();
        shard.advance(1_000);
        CompletableFuture<Outcome<String>> seen = read(runtime, "key");

        assertThat(answer).isCompletedWithValue(failed(Outcome.Reason.UNAVAILABLE));
        shard.runAll();
        assertThat(seen).isCompletedWithValue(answered("before"));
    }

    @Test
    void anAppendThatFailsLaterFailsEverythingThatRestsOnIt() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        log.hold();
        CompletableFuture<Outcome<String>> first = write(runtime, "a", "1");
        shard.runAll();
        CompletableFuture<Outcome<String>> second = write(runtime, "b", "2");
        CompletableFuture<Outcome<String>> reader = read(runtime, "a");
        shard.runAll();

        log.failHeld(FailureReason.UNAVAILABLE, false);
        shard.runAll();
        shard.advance(1_000);

        assertThat(List.of(first.join(), second.join(), reader.join()))
                .containsOnly(failed(Outcome.Reason.UNAVAILABLE));
        assertThat(runtime.isActive()).isTrue();
        assertThat(state().texts).isEmpty();
    }

    @Test
    void recordsThatStayedInTheLogDespiteTheFailureAreReplayed() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        log.hold();
        write(runtime, "a", "1");
        shard.runAll();

        log.failHeld(FailureReason.UNAVAILABLE, true);
        shard.runAll();
        shard.advance(1_000);

        assertThat(runtime.isActive()).isTrue();
        assertThat(state().texts).containsEntry("a", "1");
    }

    @Test
    void lostLeadershipEndsTheService() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        log.refuse(FailureReason.NOT_LEADER);

        CompletableFuture<Outcome<String>> answer = write(runtime, "a", "1");
        shard.runAll();
        shard.advance(60_000);

        assertThat(answer).isCompletedWithValue(failed(Outcome.Reason.NOT_LEADER));
        CompletableFuture<Outcome<String>> later = read(runtime, "a");
        shard.runAll();
        assertThat(later).isCompletedWithValue(failed(Outcome.Reason.NOT_LEADER));
    }

    @Test
    void whileTheLogTakesNothingWritesAreRefusedAndTheStateIsKept() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        write(runtime, "key", "before");
        shard.runAll();
        int loads = states.size();
        log.lackReplicas();

        CompletableFuture<Outcome<String>> refused = write(runtime, "key", "after");
        shard.runAll();
        CompletableFuture<Outcome<String>> seen = read(runtime, "key");
        shard.runAll();
        shard.advance(10_000);

        assertThat(refused).isCompletedWithValue(failed(Outcome.Reason.UNAVAILABLE));
        assertThat(seen).isCompletedWithValue(answered("before"));
        assertThat(states).as("nothing is replayed").hasSize(loads);

        log.accept();
        CompletableFuture<Outcome<String>> later = write(runtime, "key", "later");
        shard.runAll();

        assertThat(later).isCompletedWithValue(answered("done"));
        assertThat(state().texts).containsEntry("key", "later");
    }

    @Test
    void whatMayBeMissingFromTheLogIsDoneWithoutIt() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        log.lackReplicas();

        CompletableFuture<Outcome<String>> answer = runtime.submit((_, reply) -> Decision.answered(reply, "done")
                .record(put("key", "value"))
                .dispensable());
        shard.runAll();

        assertThat(answer).isCompletedWithValue(answered("done"));
        assertThat(state().texts).containsEntry("key", "value");
        assertThat(log.records()).isEmpty();
    }

    @Test
    void aCoordinatorBeginsToServeWhileTheLogTakesNothing() {
        log.plant(put("alarm", "set"));
        log.lackReplicas();

        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        int loads = states.size();
        shard.advance(10_000);

        assertThat(runtime.isActive()).isTrue();
        assertThat(states).as("the alarm's record is refused, and nothing else happens").hasSize(loads);
    }

    @Test
    void aStopAnswersWhatIsParked() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        CompletableFuture<Outcome<String>> parked = runtime.submit((state, reply) -> {
            state.parked.add(reply);
            return Decision.create();
        });
        shard.runAll();

        runtime.stop();
        shard.runAll();

        assertThat(parked).isCompletedWithValue(failed(Outcome.Reason.NOT_LEADER));
    }

    @Test
    void aParkedCommandIsAnsweredByALaterOne() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        CompletableFuture<Outcome<String>> parked = runtime.submit((state, reply) -> {
            state.parked.add(reply);
            return Decision.create();
        });
        shard.runAll();

        runtime.submit((state, reply) -> Decision.answered(reply, "done").answer(state.parked.getFirst(), "woken"));
        shard.runAll();

        assertThat(parked).isCompletedWithValue(answered("woken"));
    }

    @Test
    void moreCommandsThanTheLimitAreRefused() {
        CoordinatorRuntime<Texts> runtime = newRuntime(new RuntimeLimits(2, 100, 1_000, COMMIT_TIMEOUT_MS));
        shard.runAll();
        Command<Texts, String> park = (_, _) -> Decision.create();
        runtime.submit(park);
        runtime.submit(park);

        CompletableFuture<Outcome<String>> third = runtime.submit(park);
        shard.runAll();

        assertThat(third).isCompletedWithValue(failed(Outcome.Reason.UNAVAILABLE));
    }

    @Test
    void aHandlerThatFailsCostsItsCallerAnErrorAndNobodyState() {
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        write(runtime, "a", "1");
        shard.runAll();

        CompletableFuture<Outcome<String>> answer = runtime.submit((_, _) -> {
            throw new IllegalStateException("planted");
        });
        shard.runAll();
        shard.advance(1_000);

        assertThat(answer).isCompletedWithValue(failed(Outcome.Reason.BROKEN));
        assertThat(runtime.isActive()).isTrue();
        assertThat(state().texts).containsEntry("a", "1");
    }

    @Test
    void timersAreSetAnewAfterAReload() {
        log.plant(put("alarm", "set"));
        CoordinatorRuntime<Texts> runtime = loadedRuntime();
        log.refuse(FailureReason.UNAVAILABLE);
        write(runtime, "a", "1");
        shard.runAll();
        log.accept();

        shard.advance(1_050);
        assertThat(state().texts).containsEntry("alarm", "set");
        shard.advance(100);

        assertThat(state().texts).containsEntry("alarm", "rang");
        assertThat(log.records()).hasSize(2);
    }

    @Test
    void aCancelledTimerDoesNothing() {
        log.plant(put("alarm", "set"));
        loadedRuntime();

        state().timers.cancel("alarm");
        shard.advance(1_000);

        assertThat(state().texts).containsEntry("alarm", "set");
    }
}
