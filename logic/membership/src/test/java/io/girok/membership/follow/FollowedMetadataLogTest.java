package io.girok.membership.follow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.metadata.InMemoryMetadataLog;
import io.girok.metadata.InMemoryQuorum;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.MetadataLog.Reason;
import io.girok.metadata.RecordingListener;
import io.girok.metadata.Voter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A follower of three voters. What [io.girok.metadata.MetadataLogContract] promises of a log that never leads.
class FollowedMetadataLogTest {
    private static final String CLUSTER = "the-cluster";
    private static final Path DIRECTORY = Path.of("/data");

    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final MemoryDisk disk = new MemoryDisk(clock);
    private final InMemoryQuorum quorum = new InMemoryQuorum(shard);
    private final Map<Integer, InMemoryMetadataLog> voters = new HashMap<>();
    private final Map<Integer, MetadataFeed> feeds = new HashMap<>();
    private final Set<Integer> unreachable = new HashSet<>();
    private final RecordingListener listener = new RecordingListener(() -> {});
    private long epoch;
    private long nextOffset;
    private int questions;

    @BeforeEach
    void startVoters() {
        for (int id = 1; id <= 3; id++) {
            startVoter(id);
        }
        epoch = 1;
    }

    private void startVoter(int id) {
        InMemoryMetadataLog log = new InMemoryMetadataLog(id, quorum, shard);
        MetadataFeed feed = new MetadataFeed(CLUSTER, new RecordingListener(() -> {}), new Placed(log), shard, shard);
        log.start(feed);
        voters.put(id, log);
        feeds.put(id, feed);
        shard.runAll();
    }

    @Test
    void whatWasCommittedBeforeAndAfterTheStartIsDeliveredInOrder() {
        append("a", "b");
        FollowedMetadataLog log = follow(1, 2, 3);
        append("c");
        append("d", "e");

        assertThat(listener.records()).containsExactly("a", "b", "c", "d", "e");
        assertThat(listener.events()).isEmpty();
        assertThat(log.leadership()).isEqualTo(new MetadataLog.Leadership(1, 1, false));
    }

    @Test
    void itTakesNothingAndNeverLeads() {
        FollowedMetadataLog log = follow(1, 2, 3);

        assertThat(reason(log.append(1, 0, records("mine")))).isEqualTo(Reason.NOT_LEADER);
        assertThat(reason(log.append(1, 0, records("x".repeat(MetadataLog.MAX_BATCH_BYTES + 1)))))
                .isEqualTo(Reason.TOO_LARGE);
        assertThat(log.resign(1)).isCompleted();
        assertThat(listener.records()).isEmpty();
    }

    @Test
    void aBarrierSeesWhatWasAppendedBefore() {
        FollowedMetadataLog log = follow(1, 2, 3);
        CompletableFuture<Long> before = log.barrier();
        shard.runAll();
        append("a", "b");

        CompletableFuture<Long> after = log.barrier();
        shard.runAll();

        assertThat(before).isCompletedWithValue(-1L);
        assertThat(after).isCompletedWithValue(1L);
        assertThat(listener.records()).containsExactly("a", "b");
    }

    @Test
    void aBarrierWaitsForWhatIsNotDeliveredYet() {
        FollowedMetadataLog log = follow(1, 2, 3);
        SimulatedShard held = new SimulatedShard(clock);
        FollowedMetadataLog slow = new FollowedMetadataLog(voters(1, 2, 3),
                new FollowedMetadataLog.Surroundings(shard, held, shard, new MetadataCopyFile(disk, DIRECTORY)));
        slow.start(new RecordingListener(() -> {}));
        append("a");

        CompletableFuture<Long> barrier = slow.barrier();
        shard.runAll();
        assertThat(barrier).isNotDone();
        held.runAll();
        shard.runAll();
        held.runAll();
        shard.runAll();

        assertThat(barrier).isCompletedWithValue(0L);
        log.close();
    }

    @Test
    void anotherLeaderIsHeardOfSoon() {
        FollowedMetadataLog log = follow(1, 2, 3);

        quorum.elect(2);
        shard.advance(50);

        assertThat(log.leadership()).isEqualTo(new MetadataLog.Leadership(2, 2, false));
    }

    @Test
    void itHearsWhereTheLeaderListens() {
        FollowedMetadataLog log = follow(1, 2, 3);
        assertThat(log.voter(1)).isEqualTo(place(1));

        quorum.elect(2);
        shard.advance(50);

        assertThat(log.voter(2)).isEqualTo(place(2));
        assertThat(log.voter(1)).isNull();
    }

    private static Voter place(int id) {
        return new Voter(id, "c" + id + ".example", 9092);
    }

    /// A log that has its voters with their addresses.
    private record Placed(MetadataLog log) implements MetadataLog {
        @Override
        public Voter voter(int voterId) {
            return place(voterId);
        }

        @Override
        public void start(MetadataListener listenerOfAll) {
            log.start(listenerOfAll);
        }

        @Override
        public Leadership leadership() {
            return log.leadership();
        }

        @Override
        public CompletableFuture<AppendOutcome> append(long epochOfWriter, long baseOffset, List<byte[]> records) {
            return log.append(epochOfWriter, baseOffset, records);
        }

        @Override
        public CompletableFuture<Long> barrier() {
            return log.barrier();
        }

        @Override
        public CompletableFuture<Void> resign(long epochOfLeader) {
            return log.resign(epochOfLeader);
        }

        @Override
        public CompletableFuture<Long> snapshot() {
            return log.snapshot();
        }

        @Override
        public void close() {
            log.close();
        }
    }

    @Test
    void anotherVoterIsAskedWhenOneIsGone() {
        FollowedMetadataLog log = follow(1, 2, 3);
        append("a");

        unreachable.add(1);
        quorum.elect(2);
        epoch = 2;
        append("b");
        shard.advance(2_000);

        assertThat(listener.records()).containsExactly("a", "b");
        assertThat(log.leadership().leaderId()).isEqualTo(2);
    }

    @Test
    void whileNoVoterIsReachedNobodyIsSaidToLeadAndThenItGoesOn() {
        FollowedMetadataLog log = follow(1, 2, 3);
        append("a");

        unreachable.addAll(List.of(1, 2, 3));
        shard.advance(2_000);
        assertThat(log.leadership().leaderId()).isEqualTo(-1);
        append("b");
        unreachable.clear();
        shard.advance(1_000);

        assertThat(log.leadership().leaderId()).isEqualTo(1);
        assertThat(listener.records()).containsExactly("a", "b");
    }

    @Test
    void withoutNewsOneQuestionASecondIsAsked() {
        FollowedMetadataLog log = follow(1, 2, 3);
        questions = 0;

        shard.advance(10_000);

        assertThat(questions).isBetween(9, 11);
        log.close();
    }

    @Test
    void oneThatIsTooFarBehindBeginsWithASnapshot() {
        append("a", "b");
        snapshot(1);
        append("c");
        startVoter(4);

        FollowedMetadataLog log = follow(4);
        append("d");

        assertThat(listener.events()).containsExactly("snapshot 2");
        assertThat(listener.records()).containsExactly("a", "b", "c", "d");
        log.close();
    }

    @Test
    void aLargeSnapshotComesInParts() {
        String large = "x".repeat(400_000);
        for (int i = 0; i < 7; i++) {
            append(large + i);
        }
        snapshot(1);
        startVoter(4);

        FollowedMetadataLog log = follow(4);

        assertThat(listener.events()).containsExactly("snapshot 6");
        assertThat(listener.records()).hasSize(7).allMatch(text -> text.startsWith(large));
        assertThat(questions).isGreaterThanOrEqualTo(4);
        log.close();
    }

    @Test
    void aSnapshotWhoseVoterFailsInTheMiddleIsBegunAgain() {
        String large = "x".repeat(400_000);
        for (int i = 0; i < 7; i++) {
            append(large + i);
        }
        snapshot(1);
        startVoter(4);
        startVoter(5);
        FollowedMetadataLog log = new FollowedMetadataLog(voters(4, 5), surroundings());
        log.start(listener);
        while (questions < 2) {
            shard.runOne();
        }

        unreachable.add(4);
        shard.advance(1_000);

        assertThat(listener.events()).containsExactly("snapshot 6");
        assertThat(listener.records()).hasSize(7);
        log.close();
    }

    @Test
    void aRestartGoesOnFromItsOwnCopy() {
        append("a", "b");
        FollowedMetadataLog first = follow(1, 2, 3);
        CompletableFuture<Long> kept = first.snapshot();
        shard.runAll();
        first.close();
        append("c");

        RecordingListener next = new RecordingListener(() -> {});
        FollowedMetadataLog second = new FollowedMetadataLog(voters(1, 2, 3), surroundings());
        second.start(next);
        shard.runAll();

        assertThat(kept).isCompletedWithValue(1L);
        assertThat(next.events()).containsExactly("snapshot 1");
        assertThat(next.records()).containsExactly("a", "b", "c");
    }

    @Test
    void aRestartOnAnEmptyDiskGetsEverything() {
        append("a", "b");
        follow(1, 2, 3).close();

        RecordingListener next = new RecordingListener(() -> {});
        FollowedMetadataLog second = new FollowedMetadataLog(voters(1, 2, 3), surroundings());
        second.start(next);
        shard.runAll();

        assertThat(next.records()).containsExactly("a", "b");
    }

    @Test
    void aDivergedCopyStopsTheNode() throws IOException {
        append("a", "b");
        new MetadataCopyFile(disk, DIRECTORY).write(1, 9, out -> out.write("a\nz".getBytes(UTF_8)));

        follow(1, 2, 3);

        assertThat(listener.events()).containsExactly("snapshot 1", "fatal");
    }

    @Test
    void anotherClusterStopsTheNode() {
        append("a");
        FollowedMetadataLog.Voters all = voters(1, 2, 3);
        FollowedMetadataLog stranger = new FollowedMetadataLog(
                new FollowedMetadataLog.Voters(7, "another-cluster", all.ids(), all.fetches(), all.barriers()),
                surroundings());

        stranger.start(listener);
        shard.runAll();

        assertThat(listener.events()).containsExactly("fatal");
        assertThat(listener.records()).isEmpty();
    }

    @Test
    void aVoterSaysToWhichClusterItBelongs() {
        CompletableFuture<String> cluster = FollowedMetadataLog.clusterOf(2, this::ask);
        shard.runAll();

        assertThat(cluster).isCompletedWithValue(CLUSTER);
    }

    @Test
    void aClosedLogTakesNothingAndTellsNothing() {
        FollowedMetadataLog log = follow(1, 2, 3);
        append("a");

        log.close();
        CompletableFuture<Long> barrier = log.barrier();
        append("b");
        shard.advance(3_000);

        assertThat(reason(log.append(1, 1, records("late")))).isEqualTo(Reason.UNAVAILABLE);
        assertThat(barrier).isCompletedExceptionally();
        assertThat(listener.records()).containsExactly("a");
        assertThat(log.leadership().leaderId()).isEqualTo(-1);
    }

    private FollowedMetadataLog follow(Integer... ids) {
        FollowedMetadataLog log = new FollowedMetadataLog(voters(ids), surroundings());
        log.start(listener);
        shard.runAll();
        return log;
    }

    /// A follower whose number makes it begin with the first voter.
    private FollowedMetadataLog.Voters voters(Integer... ids) {
        return new FollowedMetadataLog.Voters(ids.length * 10, CLUSTER, Arrays.asList(ids), this::ask, this::ask);
    }

    private FollowedMetadataLog.Surroundings surroundings() {
        return new FollowedMetadataLog.Surroundings(shard, shard, shard, new MetadataCopyFile(disk, DIRECTORY));
    }

    private CompletableFuture<byte[]> ask(int voterId, byte[] question) {
        questions++;
        if (unreachable.contains(voterId)) {
            return CompletableFuture.failedFuture(new IOException("connection refused"));
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        var _ = feeds.get(voterId).onRequest(question).thenAccept(answer::complete);
        // What a voter that is gone has not answered, it never does.
        var _ = shard.schedule(1_500, () -> answer.completeExceptionally(new IOException("no answer")));
        return answer.thenApply(bytes -> {
            if (unreachable.contains(voterId)) {
                throw new IllegalStateException("connection reset");
            }
            return bytes;
        });
    }

    private void append(String... texts) {
        CompletableFuture<AppendOutcome> outcome = voters.get(epoch == 1 ? 1 : 2)
                .append(epoch, nextOffset, records(texts));
        shard.runAll();
        assertThat(outcome).isCompletedWithValue(new Appended(nextOffset, nextOffset + texts.length - 1));
        nextOffset += texts.length;
    }

    private void snapshot(int voterId) {
        var taken = voters.get(voterId).snapshot();
        shard.runAll();
        assertThat(taken).isCompletedWithValue(nextOffset - 1);
    }

    private static List<byte[]> records(String... texts) {
        return Arrays.stream(texts).map(text -> text.getBytes(UTF_8)).toList();
    }

    private static Reason reason(CompletableFuture<AppendOutcome> outcome) {
        return ((NotWritten) outcome.join()).reason();
    }
}
