package io.girok.quorum.zookeeper;

import io.girok.base.Invariant;
import io.girok.metadata.AcceptRule;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.MetadataLog.AppendOutcome.Unknown;
import io.girok.quorum.zookeeper.Election.Claimant;
import io.girok.quorum.zookeeper.LogWriter.Append;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The metadata log in a ZooKeeper ensemble. Thread-safe; [#close] must not be called by the listener.
///
/// [Znodes] is what it lives in, [LogWriter] appends, [LogTail] delivers, [Election] says who leads, [SnapshotStore]
/// cuts the log. All of them are driven from here, by what the ensemble tells, on one thread.
public final class ZookeeperMetadataLog implements MetadataLog {
    private static final Logger LOG = LoggerFactory.getLogger(ZookeeperMetadataLog.class);
    private static final Leadership NOBODY_LEADS = new Leadership(-1, 0, false);
    /// Past it, the ensemble would only queue them.
    private static final int MAX_APPENDS_UNDER_WAY = 64;
    /// What could not be read is read again after this time at the latest.
    private static final long AGAIN_MS = 500;

    private final ZookeeperSettings settings;
    private final Znodes znodes;
    private final EngineThread engine;
    private final Ensemble ensemble;
    private final SessionEvents events = new SessionEvents();
    private final AtomicInteger appendsUnderWay = new AtomicInteger();
    /// How each call that still waits for its answer ends when this is closed.
    private final Set<Runnable> endings = ConcurrentHashMap.newKeySet();
    /// Owned by the engine's thread.
    private boolean isRefreshDue;
    private volatile boolean isClosed;
    private volatile boolean hasJoined;
    private volatile IntConsumer whenOtherLeads = _ -> {};
    private volatile @Nullable Endpoint endpoint;
    private volatile @Nullable Running running;

    /// What there is between start and close.
    private record Running(MetadataListener listener, SnapshotStore snapshots, LogTail tail, Barriers barriers,
            LogWriter writer, SnapshotTaker snapshotTaker, Election election) {}

    public ZookeeperMetadataLog(ZookeeperSettings settings) {
        this.settings = settings;
        this.znodes = new Znodes(settings.servers().root());
        this.engine = new EngineThread(this::failed);
        this.ensemble = new Ensemble(settings, engine);
    }

    /// Connects, and finds the cluster that is there or founds one. Blocks; called once, before [#start]. Ends in the
    /// cluster's id.
    ///
    /// @param newId the id of a cluster that is founded now; may throw when none may be
    /// @throws IllegalStateException when there is no ensemble to live in, with what an operator can do
    public String join(Supplier<String> newId) {
        Invariant.check(!hasJoined, "a metadata log is joined once");
        hasJoined = true;
        try {
            ServerVersions versions = ServerVersions.ask(settings.servers(),
                    ClientConfiguration.of(settings.security()));
            if (!ensemble.connect(events, settings.timing().connectionMs())) {
                throw new IllegalStateException("no server of zookeeper.connect ('" + settings.servers()
                        + "') has taken a connection within " + settings.timing().connectionMs()
                        + " ms (zookeeper.connection.timeout.ms): is a majority of the ensemble there, and may this "
                        + "node connect?");
            }
            versions.check(ensemble.server());
            return new Foundation(ensemble, znodes, settings.timing().deadlineMs()).clusterId(newId);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while connecting to the ZooKeeper ensemble", e);
        }
    }

    /// Says where other nodes find this one while it leads, and has `told` hear, on the engine's thread, which other
    /// node leads; called before [#start].
    public void announce(Endpoint own, IntConsumer told) {
        endpoint = own;
        whenOtherLeads = told;
    }

    @Override
    public void start(MetadataListener listener) {
        Endpoint own = endpoint;
        if (!hasJoined || own == null || running != null || isClosed) {
            throw Invariant.violated("a metadata log is joined and announced, then started once");
        }
        SnapshotStore snapshots = new SnapshotStore(engine, ensemble, znodes, settings.timing().deadlineMs());
        LogTail tail = new LogTail(engine, ensemble, znodes, snapshots, listener, events::onTrouble);
        Barriers barriers = new Barriers(engine, ensemble, znodes, tail, events::onTrouble);
        LogWriter writer = new LogWriter(engine, ensemble, znodes, tail, barriers, events::onFenced);
        Election election = new Election(engine, ensemble, znodes, new Claimant(settings.nodeId(), own),
                tail, events);
        running = new Running(listener, snapshots, tail, barriers, writer,
                new SnapshotTaker(engine, snapshots, tail, listener, settings.truncation()), election);
        engine.execute(this::refresh);
    }

    /// On the engine's thread: whatever was missed while there was no connection, or could not be read.
    private void refresh() {
        Running present = running;
        if (present == null || isClosed || !ensemble.isConnected()) {
            return;
        }
        ensemble.watch(List.of(znodes.tail(), znodes.leader()));
        present.tail.refresh();
        present.election.look();
        present.barriers.onConnected();
    }

    /// What the ensemble tells, and what comes of it; on the engine's thread.
    private final class SessionEvents implements Ensemble.Events, Election.Events {
        private boolean wasDisconnected;

        @Override
        public void onConnected() {
            if (wasDisconnected) {
                LOG.info("the connection to the ZooKeeper ensemble is back");
                wasDisconnected = false;
            }
            refresh();
        }

        @Override
        public void onDisconnected() {
            wasDisconnected = true;
            if (!isClosed) {
                LOG.warn("the connection to the ZooKeeper ensemble is lost; until it is back, what this node knows of "
                        + "the cluster stays as it is");
            }
        }

        @Override
        public void onSessionLost() {
            wasDisconnected = true;
            Running present = running;
            if (present != null && !isClosed) {
                LOG.warn("the session with the ZooKeeper ensemble is over; this node begins another one");
                present.election.sessionLost();
            }
        }

        @Override
        public void onChanged(String path) {
            Running present = running;
            if (present == null) {
                return;
            }
            if (path.equals(znodes.leader())) {
                present.election.look();
            } else if (!present.writer.isOpen()) {
                // While this node leads, nobody else appends, and it knows what it has appended.
                present.tail.refresh();
            }
        }

        @Override
        public void onElected(long epoch) {
            Running present = started();
            present.writer.open(epoch);
            present.listener.onLeader(epoch);
            present.snapshotTaker.elected(epoch);
        }

        @Override
        public void onEnded(long epoch) {
            Running present = started();
            present.writer.close();
            present.snapshotTaker.ended();
            present.listener.onNotLeader(epoch);
            present.tail.refresh();
        }

        void onFenced() {
            started().election.fenced();
        }

        @Override
        public void onOtherLeader(int nodeId) {
            whenOtherLeads.accept(nodeId);
        }

        @Override
        public void onTrouble() {
            if (!isRefreshDue) {
                isRefreshDue = true;
                engine.schedule(AGAIN_MS, () -> {
                    isRefreshDue = false;
                    refresh();
                });
            }
        }
    }

    /// Of the present session, for those who want to end it.
    ZooKeeper session() {
        return ensemble.session();
    }

    private Running started() {
        Running present = running;
        if (present == null) {
            throw Invariant.violated("the metadata log has not been started");
        }
        return present;
    }

    private void failed(Throwable cause) {
        Running present = running;
        if (present != null && !isClosed) {
            present.listener.onFatal(cause);
        }
    }

    @Override
    public Leadership leadership() {
        Running present = running;
        return present == null || isClosed ? NOBODY_LEADS : present.election.leadership();
    }

    /// Where the node `nodeId` listens, as it says itself, if it leads.
    public Optional<Endpoint> endpointOfLeader(int nodeId) {
        Running present = running;
        return present == null ? Optional.empty() : present.election.endpointOf(nodeId);
    }

    /// The process of another node is known to be gone. If it led, this node does not wait for its session's end.
    public void memberGone(int nodeId) {
        engine.execute(() -> {
            Running present = running;
            if (present != null) {
                present.election.gone(nodeId);
            }
        });
    }

    @Override
    public CompletableFuture<AppendOutcome> append(long epoch, long baseOffset, List<byte[]> records) {
        Optional<NotWritten> tooLarge = AcceptRule.checkSize(records);
        if (tooLarge.isPresent()) {
            return CompletableFuture.completedFuture(tooLarge.get());
        }
        Running present = running;
        if (present == null || isClosed) {
            return unavailable("the metadata log is not open");
        }
        if (MAX_APPENDS_UNDER_WAY <= appendsUnderWay.get()) {
            return unavailable(MAX_APPENDS_UNDER_WAY + " appends to the metadata log are under way already");
        }
        appendsUnderWay.incrementAndGet();
        CompletableFuture<AppendOutcome> answer = new CompletableFuture<>();
        var _ = answer.whenComplete((outcome, failure) -> {
            appendsUnderWay.decrementAndGet();
            engine.execute(present.snapshotTaker::takeWhenDue);
        });
        endWithClose(answer, () -> answer.complete(new Unknown("the metadata log was closed meanwhile")));
        engine.execute(() -> present.writer.append(new Append(epoch, baseOffset, List.copyOf(records), answer)));
        long limitMs = settings.timing().deadlineMs();
        return answer.completeOnTimeout(new Unknown("no answer within " + limitMs + " ms"), limitMs,
                TimeUnit.MILLISECONDS);
    }

    private static CompletableFuture<AppendOutcome> unavailable(String detail) {
        return CompletableFuture.completedFuture(new NotWritten(Reason.UNAVAILABLE, detail));
    }

    @Override
    public CompletableFuture<Long> barrier() {
        return ask((present, answer) -> present.barriers.await(answer));
    }

    @Override
    public CompletableFuture<@Nullable Void> resign(long epoch) {
        return this.<@Nullable Void>ask((present, answer) -> present.election.resign(epoch, answer));
    }

    @Override
    public CompletableFuture<Long> snapshot() {
        return ask((present, answer) -> engine.then(present.snapshotTaker.take(), answer::complete,
                answer::completeExceptionally));
    }

    /// Something asked of what runs, on the engine's thread.
    private interface Asked<T extends @Nullable Object> {
        void of(Running present, CompletableFuture<T> answer);
    }

    private <T extends @Nullable Object> CompletableFuture<T> ask(Asked<T> asked) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        endWithClose(answer,
                () -> answer.completeExceptionally(new IllegalStateException("the metadata log is closed")));
        engine.execute(() -> asked.of(started(), answer));
        return answer.orTimeout(settings.timing().deadlineMs(), TimeUnit.MILLISECONDS);
    }

    private void endWithClose(CompletableFuture<?> answer, Runnable ending) {
        endings.add(ending);
        var _ = answer.whenComplete((result, failure) -> endings.remove(ending));
        if (isClosed) {
            ending.run();
        }
    }

    /// Ends the session, so that others need not wait for its time-out.
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        ensemble.close();
        engine.close();
        Running present = running;
        if (present != null) {
            present.snapshots.close();
        }
        endings.forEach(Runnable::run);
    }
}
