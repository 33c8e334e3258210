package io.girok.quorum.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.MetadataLog.Reason;
import io.girok.metadata.PassingListener;
import io.girok.metadata.RecordingListener;
import io.girok.quorum.zookeeper.Nodes.Member;
import io.girok.quorum.zookeeper.ZookeeperSettings.Truncation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Several nodes on an ensemble of three real servers, and what may befall both.
@Timeout(120)
final class ZookeeperFaultTest {
    private static final Truncation OFTEN = new Truncation(50, Long.MAX_VALUE, 10);

    @TempDir
    static Path directory;
    private static ZookeeperEnsemble ensemble;

    private final String connect = ensemble.connect() + "/" + UUID.randomUUID();
    private final Znodes znodes = new Znodes(Servers.parse(connect).root());
    private final Nodes nodes = new Nodes(connect, Truncation.DEFAULT);
    private final Nodes truncating = new Nodes(connect, OFTEN);

    @BeforeAll
    static void startEnsemble() {
        ensemble = ZookeeperEnsemble.start(directory, 3, List.of());
    }

    @AfterEach
    void stopNodes() {
        nodes.close();
        truncating.close();
    }

    @AfterAll
    static void stopEnsemble() {
        ensemble.close();
    }

    @Test
    void whatTheLeaderAppendsAllAreToldAndAllKnowWhoLeads() {
        nodes.start(1, 2, 3);
        int leader = nodes.awaitLeader();

        assertThat(nodes.append(leader, "a", "b")).isEqualTo(new Appended(0, 1));

        for (int id = 1; id <= 3; id++) {
            nodes.awaitRecords(id, List.of("a", "b"));
            ZookeeperMetadataLog log = nodes.member(id).log();
            log.barrier().join();
            assertThat(log.leadership().leaderId()).isEqualTo(leader);
            assertThat(log.leadership().isLeader()).isEqualTo(id == leader);
            assertThat(log.endpointOfLeader(leader)).contains(new Endpoint("PLAINTEXT", "node-" + leader, 9092));
            assertThat(log.endpointOfLeader(leader + 1)).isEmpty();
        }
    }

    @Test
    void whenTheLeaderStopsAnotherOneLeadsAtOnce() {
        nodes.start(1, 2);
        int leader = nodes.awaitLeader();
        nodes.append(leader, "a");

        nodes.stop(leader);
        int next = nodes.awaitLeader();

        assertThat(nodes.append(next, "b")).isEqualTo(new Appended(1, 1));
    }

    @Test
    void whenTheLeaderResignsAnotherOneLeads() {
        nodes.start(1, 2);
        int leader = nodes.awaitLeader();
        nodes.append(leader, "a");

        nodes.member(leader).log().resign(nodes.member(leader).listener().epoch()).join();
        int next = nodes.awaitLeader(leader);

        assertThat(nodes.append(next, "b")).isEqualTo(new Appended(1, 1));
        nodes.awaitRecords(leader, List.of("a", "b"));
    }

    @Test
    void aLeaderWhoseSessionIsOverIsReplaced() throws Exception {
        nodes.start(1, 2);
        int leader = nodes.awaitLeader();
        Member deposed = nodes.member(leader);
        long epoch = deposed.listener().epoch();
        nodes.append(leader, "a");

        nodes.expire(leader);
        deposed.listener().await("the end of its leadership", heard -> heard.events().contains("not leader"));
        nodes.appendSurely("b");

        assertThat(deposed.log().append(epoch, 1, List.of("old".getBytes(UTF_8))).join())
                .isInstanceOf(NotWritten.class);
        nodes.awaitRecords(1, List.of("a", "b"));
        nodes.awaitRecords(2, List.of("a", "b"));
    }

    @Test
    void theEnsembleItselfRefusesADeposedWriter() {
        nodes.start(1);
        nodes.awaitLeader();
        nodes.append(1, "a");
        RecordingListener listener = nodes.member(1).listener();
        long epoch = listener.epoch();

        try (Outsider outsider = new Outsider()) {
            // The znode of the leader is left as it is, so that the writer goes on believing that it leads.
            outsider.commit(outsider.ensemble.set(znodes.epoch(), new byte[0]));
            AppendOutcome outcome = nodes.append(1, "late");

            assertThat(outcome).isInstanceOfSatisfying(NotWritten.class,
                    refused -> assertThat(refused.reason()).isEqualTo(Reason.FENCED));
            listener.await("another epoch", heard -> epoch + 1 < heard.epoch());
            assertThat(nodes.append(1, "b")).isEqualTo(new Appended(1, 1));
            assertThat(listener.records()).containsExactly("a", "b");
        }
    }

    @Test
    void aLeaderThatIsKnownToBeGoneIsNotWaitedFor() {
        try (Outsider gone = new Outsider()) {
            Nodes.open(Nodes.settings(connect, 1)).close();
            gone.commit(gone.ensemble.set(znodes.epoch(), new byte[0], 0));
            gone.commit(gone.ensemble.createEphemeral(znodes.leader(),
                    new Claim(9, 1, new Endpoint("PLAINTEXT", "nine", 9092)).write()));
            nodes.start(1, 2);
            for (int id = 1; id <= 2; id++) {
                ZookeeperMetadataLog log = nodes.member(id).log();
                Nodes.await("node 9 to lead", () -> log.leadership().leaderId() == 9);
            }

            nodes.member(1).log().memberGone(9);
            nodes.member(2).log().memberGone(9);

            assertThat(nodes.append(nodes.awaitLeader(), "a")).isEqualTo(new Appended(0, 0));
        }
    }

    @Test
    void aNodeThatStartsAgainDoesNotWaitForItsOldSession() {
        try (Outsider before = new Outsider()) {
            Nodes.open(Nodes.settings(connect, 1)).close();
            before.commit(before.ensemble.set(znodes.epoch(), new byte[0], 0));
            before.commit(before.ensemble.createEphemeral(znodes.leader(),
                    new Claim(1, 1, new Endpoint("PLAINTEXT", "one", 9092)).write()));

            nodes.start(1);

            assertThat(nodes.append(nodes.awaitLeader(), "a")).isEqualTo(new Appended(0, 0));
            assertThat(nodes.member(1).listener().epoch()).isEqualTo(2);
        }
    }

    @Test
    void nothingIsLostOrWrittenTwiceWhenServersAreKilled() {
        nodes.start(1, 2, 3);
        List<String> appended = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            if (i == 20 || i == 40) {
                ensemble.heal();
                ensemble.kill(i == 20 ? ensemble.leader() : 1);
            }
            appended.add("r" + i);
            nodes.appendSurely("r" + i);
        }
        ensemble.heal();

        for (int id = 1; id <= 3; id++) {
            nodes.awaitRecords(id, appended);
            assertThat(nodes.member(id).listener().events()).noneMatch(event -> event.startsWith("gap")
                    || event.equals("fatal") || event.equals("two calls at once"));
        }
    }

    @Test
    void withoutAMajorityNothingIsAppendedAndAllGoesOnAfterwards() {
        nodes.start(1, 2);
        nodes.appendSurely("a");

        ensemble.kill(1);
        ensemble.kill(2);
        int leader = nodes.awaitLeader();
        long begunNs = System.nanoTime();
        assertThat(nodes.append(leader, "doubtful")).isNotInstanceOf(Appended.class);
        assertThat(System.nanoTime() - begunNs).isLessThan(2 * Nodes.TIMING.deadlineMs() * 1_000_000);
        ensemble.heal();

        nodes.appendSurely("b");
        for (int id = 1; id <= 2; id++) {
            nodes.member(id).listener().await("what was appended", heard -> heard.records().contains("b"));
        }
        assertThat(nodes.member(1).listener().records()).isEqualTo(nodes.member(2).listener().records())
                .startsWith("a")
                .doesNotHaveDuplicates();
    }

    @Test
    void snapshotsComeByThemselvesAndLetTheLogGo() {
        truncating.start(1);
        List<String> appended = new ArrayList<>();
        try (Outsider outsider = new Outsider()) {
            for (int end = 50; end <= 150; end += 50) {
                appended.addAll(appendSome(truncating, appended.size(), end));
                int first = end - 10;
                Nodes.await("the log to begin at " + first, () -> outsider.read(znodes.entry(first - 1)) == null);
            }
            appended.addAll(appendSome(truncating, 150, 175));

            assertThat(outsider.read(znodes.entry(140))).isNotNull();
            assertThat(outsider.names(znodes.snapshots())).hasSize(1);
        }
        assertThat(truncating.member(1).listener().snapshotsTaken()).isEqualTo(3);
        truncating.start(2);
        truncating.awaitRecords(2, appended);
        assertThat(truncating.member(2).listener().events().getFirst()).startsWith("snapshot ");
    }

    @Test
    void whoIsDeposedDeletesNothingOfItsSuccessors() {
        nodes.start(1);
        appendSome(nodes, 3);
        nodes.member(1).log().snapshot().join();
        long epoch = nodes.member(1).listener().epoch();
        try (Outsider deposed = new Outsider()) {
            SnapshotPointer inForce = SnapshotPointer.read(znodes.snapshot(), deposed.read(znodes.snapshot()));
            deposed.commit(deposed.ensemble.create(znodes.snapshotFolder("3-of-the-successor"), new byte[0]));
            SnapshotStore store = new SnapshotStore(deposed.thread, deposed.ensemble, znodes, 10_000);
            deposed.commit(deposed.ensemble.set(znodes.epoch(), new byte[0]));

            assertThatThrownBy(() -> store.deleteReplaced(inForce, epoch, 0)).isInstanceOf(IOException.class);

            assertThat(deposed.names(znodes.snapshots())).contains("3-of-the-successor", inForce.name());
            store.close();
        }
    }

    @Test
    void aNodeThatLagsBehindTheLogGoesOnWithTheSnapshot() {
        truncating.start(1);
        truncating.awaitLeader();
        RecordingListener listener = new RecordingListener(() -> {});
        Stuck stuck = new Stuck(listener);
        truncating.start(2, stuck, listener);
        List<String> appended = appendSome(truncating, 160);
        truncating.member(1).log().snapshot().join();

        stuck.mayGoOn.countDown();

        truncating.awaitRecords(2, appended);
        assertThat(listener.events()).anyMatch(event -> event.startsWith("snapshot "));
    }

    @Test
    void aSnapshotOfManyChunksIsReadAsItWasWritten() {
        nodes.start(1);
        List<String> appended = new ArrayList<>();
        nodes.awaitLeader();
        for (int i = 0; i < 6; i++) {
            appended.add(i + "x".repeat(400_000));
            assertThat(nodes.append(1, appended.getLast())).isInstanceOf(Appended.class);
        }

        assertThat(nodes.member(1).log().snapshot().join()).isEqualTo(5);

        nodes.start(2);
        nodes.awaitRecords(2, appended);
        assertThat(nodes.member(2).listener().events()).containsExactly("snapshot 5");
    }

    @Test
    void anEntryThatIsGoneIsFatal() {
        nodes.start(1);
        appendSome(nodes, 3);
        try (Outsider outsider = new Outsider()) {
            outsider.commit(outsider.ensemble.delete(znodes.entry(1)));
        }

        nodes.start(2);

        nodes.member(2).listener().await("the end", heard -> heard.events().contains("fatal"));
        assertThat(nodes.member(2).listener().records()).containsExactly("r0");
    }

    private static List<String> appendSome(Nodes nodes, int count) {
        return appendSome(nodes, 0, count);
    }

    private static List<String> appendSome(Nodes nodes, int from, int to) {
        int leader = nodes.awaitLeader();
        List<String> appended = new ArrayList<>();
        for (int i = from; i < to; i++) {
            appended.add("r" + i);
            assertThat(nodes.append(leader, "r" + i)).isEqualTo(new Appended(i, i));
        }
        return appended;
    }

    /// A session beside those of the nodes.
    private final class Outsider implements AutoCloseable {
        private final EngineThread thread = new EngineThread(failure -> {});
        private final Ensemble ensemble = new Ensemble(Nodes.settings(connect, 0), thread);

        Outsider() {
            try {
                assertThat(ensemble.connect(new Deaf(), Nodes.TIMING.connectionMs())).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        void commit(CuratorOp operation) {
            assertThat(ensemble.commit(List.of(operation)).join().isDone()).isTrue();
        }

        byte[] read(String path) {
            return ensemble.read(path).join().map(Ensemble.Znode::data).orElse(null);
        }

        List<String> names(String path) {
            return ensemble.names(path).join();
        }

        @Override
        public void close() {
            ensemble.close();
            thread.close();
        }
    }

    private static final class Deaf implements Ensemble.Events {
        @Override
        public void onConnected() {}

        @Override
        public void onDisconnected() {}

        @Override
        public void onSessionLost() {}

        @Override
        public void onChanged(String path) {}
    }

    /// Takes no commit until it may.
    private static final class Stuck extends PassingListener {
        private final CountDownLatch mayGoOn = new CountDownLatch(1);

        Stuck(RecordingListener listener) {
            super(listener);
        }

        @Override
        public void onCommit(long epoch, long firstOffset, List<byte[]> records) {
            try {
                assertThat(mayGoOn.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            super.onCommit(epoch, firstOffset, records);
        }
    }
}
