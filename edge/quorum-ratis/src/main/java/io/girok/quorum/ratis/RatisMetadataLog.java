package io.girok.quorum.ratis;

import io.girok.base.Clock;
import io.girok.base.Invariant;
import io.girok.metadata.AcceptRule;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.MetadataLog.AppendOutcome.Unknown;
import io.girok.metadata.QuorumStatus;
import io.girok.metadata.Voter;
import io.girok.metadata.VoterChange;
import io.girok.metadata.VoterSet;
import io.girok.quorum.ratis.MetadataStateMachine.OffsetMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The metadata log as a Raft group of Apache Ratis inside this process. Thread-safe; [#close] must not be called by
/// the listener.
///
/// An append goes to Ratis on a thread of its own, because Ratis may make it wait; so appends keep the order in which
/// one caller gave them. Ratis answers when the entry is flushed on a majority and applied, and then the listener has
/// heard of it. An append that fails before it entered the Raft log was certainly not written; after that, nobody
/// knows.
public final class RatisMetadataLog implements MetadataLog {
    private static final Logger LOG = LoggerFactory.getLogger(RatisMetadataLog.class);
    private static final RaftGroupId GROUP = RaftGroupId.valueOf(
            UUID.fromString("6769726f-6b00-4d65-8461-646174610001"));
    private static final long ADMIN_TIMEOUT_MS = 30_000;
    private static final long HAND_OVER_MS = 1_000;
    /// A node that is added may have to be sent a large snapshot first.
    private static final long CHANGE_LIMIT_MS = 25_000;
    private static final Set<LifeCycle.State> STARTING_OR_RUNNING = LifeCycle.States.STARTING_OR_RUNNING;
    private static final long IDLE_THREAD_MS = 1_000;
    private static final int ANSWERERS = 4;
    private static final int MAX_UNANSWERED = 1_000;
    private static final Leadership NOBODY_LEADS = new Leadership(-1, 0, false);

    private final RatisSettings settings;
    private final Clock clock;
    private final RaftPeerId self;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final Map<Long, PendingAppend> pending = new ConcurrentHashMap<>();
    private final VoterTransport transport;
    private final PeerBook book = new PeerBook();
    private final LeaderProof proof;
    private final RatisFiles files;
    private final FoundingAnswers foundingAnswers;
    private final ThreadPoolExecutor submitter;
    /// Answers other voters, which may wait for the disk.
    private final ThreadPoolExecutor answerers;
    private final RatisThreads threads = new RatisThreads();
    private final AtomicBoolean isRestarting = new AtomicBoolean();
    private volatile @Nullable Running running;
    private volatile @Nullable Delivery delivery;
    private volatile @Nullable Thread founder;
    private volatile boolean isClosed;

    /// What there is between start and close.
    private record Running(RaftServer server, RaftServer.Division division, MetadataStateMachine machine,
            RatisVoters voters, Succession succession, AtomicBoolean hasStarted) {
        DivisionInfo info() {
            return division.getInfo();
        }
    }

    /// A quorum of one.
    public RatisMetadataLog(RatisSettings settings, Clock clock) {
        this(settings, clock, VoterTransport.NOBODY);
    }

    public RatisMetadataLog(RatisSettings settings, Clock clock, VoterTransport transport) {
        this.settings = settings;
        this.transport = transport;
        this.clock = clock;
        self = RaftPeerId.valueOf(Integer.toString(settings.nodeId()));
        proof = new LeaderProof(self);
        files = new RatisFiles(settings.directory(), GROUP.getUuid());
        foundingAnswers = new FoundingAnswers(settings, files, book);
        submitter = new ThreadPoolExecutor(1, 1, IDLE_THREAD_MS, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("metadata-append").daemon().factory());
        submitter.allowCoreThreadTimeOut(true);
        answerers = new ThreadPoolExecutor(ANSWERERS, ANSWERERS, IDLE_THREAD_MS, TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(MAX_UNANSWERED),
                Thread.ofPlatform().name("metadata-voter").daemon().factory());
        answerers.allowCoreThreadTimeOut(true);
    }

    /// Returns before Ratis runs where others must be asked first whether this node may vote.
    ///
    /// @throws UncheckedIOException when Ratis does not start; nothing of it is left running then
    @Override
    public void start(MetadataListener listener) {
        Invariant.check(running == null && !isClosed, "a metadata log is started once");
        Delivery opened = new Delivery(listener);
        delivery = opened;
        opened.start();
        try {
            files.create();
            files.mend();
            if (files.haveMemory() || settings.isSingleVoter()) {
                run(opened, files.haveJoined() ? List.of() : settings.voters());
            } else if (settings.isFounder() && !files.haveJoined()) {
                found(opened);
            } else {
                join(opened);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw new UncheckedIOException(cannotOpen(e));
        }
    }

    private IOException cannotOpen(Exception e) {
        return new IOException(
                "the metadata log in '" + settings.directory() + "' cannot be opened: " + PendingAppend.rootMessage(e),
                e);
    }

    private void found(Delivery opened) {
        Thread asking = Thread.ofPlatform().name("metadata-founding").daemon().unstarted(() -> {
            try {
                Founding.Decision decision = new Founding(settings.nodeId(), settings.otherFounders(), transport,
                        Founding.Patience.DEFAULT).decide();
                if (decision == Founding.Decision.VOTE) {
                    book.found();
                    run(opened, settings.voters());
                } else {
                    join(opened);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException | RuntimeException e) {
                opened.fail(cannotOpen(e));
            }
        });
        founder = asking;
        asking.start();
    }

    /// Waits, without a say, until a leader adds this node.
    private void join(Delivery opened) throws IOException {
        if (settings.isFounder()) {
            LOG.warn(
                    "this node is set as a voter of the metadata log but has none in '{}', and others know it: was its "
                            + "disk lost? It votes again once it has been removed from the voters and added to them "
                            + "('girok cluster quorum')",
                    settings.directory());
        }
        files.join();
        book.waitToBeAdded();
        run(opened, List.of());
    }

    private synchronized void run(Delivery opened, List<RaftPeer> firstVoters) throws IOException {
        if (isClosed) {
            return;
        }
        SnapshotSchedule schedule = new SnapshotSchedule(settings.snapshots(), clock, this::snapshotSoon);
        MetadataStateMachine machine = new MetadataStateMachine(opened, schedule, new InsideRatis());
        RaftServer started = threads.start(() -> {
            RaftServer built = build(machine, firstVoters);
            RaftServer.Division division = built.getDivision(GROUP);
            RatisVoters voters = new RatisVoters(division, machine,
                    new RatisVoters.Surroundings(book, transport, clock, settings.timing().maxElectionMs()));
            AtomicBoolean hasStarted = new AtomicBoolean();
            running = new Running(built, division, machine, voters,
                    new Succession(built, division, voters, transport, settings.timing().minElectionMs(), answerers),
                    hasStarted);
            built.start();
            hasStarted.set(true);
            return built;
        });
        LOG.debug("{} has started", started);
    }

    private RaftServer build(MetadataStateMachine machine, List<RaftPeer> firstVoters) throws IOException {
        return RaftServer.newBuilder()
                .setServerId(self)
                .setGroup(RaftGroup.valueOf(GROUP, firstVoters))
                .setOption(StartupOption.RECOVER)
                .setProperties(RatisConfiguration.of(settings))
                .setParameters(VoterRpcType.parameters(transport, book, proof, clock))
                .setStateMachine(machine)
                .build();
    }

    /// Answers what another voter has sent by its [VoterTransport].
    public CompletableFuture<byte[]> onRequest(byte[] request) {
        Running present = running;
        if (Founding.isAsked(request)) {
            try {
                return CompletableFuture.completedFuture(
                        foundingAnswers.answer(present == null ? null : present.voters(), request));
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
        // Until it has its role, and records until it has started, Ratis would refuse with a stack trace in the log.
        if (present == null || isClosed || !STARTING_OR_RUNNING.contains(present.info().getLifeCycleState())
                || present.info().getCurrentRole() == null
                || (VoterRpc.isAppend(request) && !present.hasStarted().get())) {
            return CompletableFuture.failedFuture(new IOException("the metadata log is not open"));
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        try {
            answerers.execute(() -> {
                try {
                    answer.complete(VoterRpc.answer(present.server(), book, request));
                } catch (IOException | RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    /// Whether this node does not vote, and hears nothing of the log from those who do: it has to ask them.
    public boolean isOutside() {
        Running present = running;
        return present != null && !isClosed && !present.voters().isVoter();
    }

    /// Takes what others tell this node of the log while it is outside; to be asked for after the start.
    public MetadataListener followed() {
        return new FollowedRecords(Objects.requireNonNull(delivery, "the metadata log has not been started"));
    }

    @Override
    public @Nullable Voter voter(int voterId) {
        Running present = running;
        return present == null || isClosed ? null : present.voters().find(voterId);
    }

    /// Where a node is said to be that is just being added; for what voters send, and nothing else. Null if none is.
    public @Nullable Voter candidate(int voterId) {
        return book.told(voterId);
    }

    /// The process of another voter is known to be gone. If it led, the others don't wait for a time-out.
    public void voterGone(int voterId) {
        Running present = running;
        if (present != null && !isClosed && present.info().isAlive()) {
            present.succession().voterGone(voterId);
        }
    }

    /// Those of Ratis that are alive.
    List<Thread> threads() {
        return threads.alive();
    }

    @Override
    public Leadership leadership() {
        Running present = running;
        if (present == null || isClosed) {
            return NOBODY_LEADS;
        }
        RaftPeerId leader = present.info().getLeaderId();
        int leaderId = leader == null ? -1 : RatisVoters.id(leader);
        return new Leadership(leaderId, present.info().getCurrentTerm(), present.info().isLeaderReady());
    }

    @Override
    public CompletableFuture<AppendOutcome> append(long epoch, long baseOffset, List<byte[]> records) {
        Optional<NotWritten> tooLarge = AcceptRule.checkSize(records);
        if (tooLarge.isPresent()) {
            return CompletableFuture.completedFuture(tooLarge.get());
        }
        Running present = running;
        if (present == null || isClosed) {
            return notWritten(Reason.UNAVAILABLE, "the metadata log is not open");
        }
        if (settings.maxAppendsInFlight() <= pending.size()) {
            return notWritten(Reason.UNAVAILABLE,
                    pending.size() + " appends to the metadata log are under way already");
        }
        if (!present.info().isLeader()) {
            return notWritten(Reason.NOT_LEADER, "node " + leadership().leaderId() + " leads the metadata log");
        }
        long callId = callIds.incrementAndGet();
        PendingAppend append = new PendingAppend();
        pending.put(callId, append);
        Message message = Message.valueOf(
                UnsafeByteOperations.unsafeWrap(new Batch(epoch, baseOffset, records).encode()));
        var _ = submit(present, request(callId, RaftClientRequest.writeRequestType(), message)).whenComplete(
                (reply, failure) -> {
                    append.end(reply, failure);
                    pending.remove(callId);
                });
        return append.answer()
                .completeOnTimeout(
                        new Unknown("no answer within " + settings.timing().appendDeadlineMs() + " ms"),
                        settings.timing().appendDeadlineMs(), TimeUnit.MILLISECONDS);
    }

    /// What Ratis tells of on threads of its own.
    private final class InsideRatis implements MetadataStateMachine.Owner {
        @Override
        public void onEntering(long callId) {
            PendingAppend append = pending.get(callId);
            if (append != null) {
                append.enter();
            }
        }

        @Override
        public void onNotLeader() {
            proof.end();
        }

        /// Ratis stops a node that hears from nobody and is not among the voters: it has been removed. Started again,
        /// it waits without a say.
        @Override
        public boolean onClosed() {
            Running present = running;
            if (present == null || isClosed || present.voters().present().contains(settings.nodeId())) {
                return false;
            }
            if (isRestarting.compareAndSet(false, true)) {
                Thread.ofPlatform().name("metadata-restart").daemon().start(() -> restart(present));
            }
            return true;
        }
    }

    private synchronized void restart(Running removed) {
        Delivery opened = delivery;
        if (isClosed || opened == null) {
            return;
        }
        LOG.info("this node does not vote on the metadata any more");
        try {
            removed.machine().expectClose();
            threads.close(removed.server(), removed.machine());
            threads.awaitClosed(removed.division());
            isRestarting.set(false);
            files.join();
            run(opened, List.of());
        } catch (IOException | RuntimeException e) {
            opened.fail(cannotOpen(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public CompletableFuture<Long> barrier() {
        Running present = running;
        if (present == null || isClosed) {
            return CompletableFuture.failedFuture(new IllegalStateException("the metadata log is not open"));
        }
        long limitMs = settings.timing().appendDeadlineMs();
        return submit(present,
                request(callIds.incrementAndGet(), RaftClientRequest.readRequestType(), Message.EMPTY))
                .thenApply(reply -> {
                    if (reply.isSuccess() && reply.getMessage() instanceof OffsetMessage message) {
                        return message.offset();
                    }
                    throw failed("no barrier", reply);
                })
                .thenCombine(proof.ask(present.division(), limitMs), (offset, _) -> offset)
                .orTimeout(limitMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public CompletableFuture<@Nullable Void> resign(long epoch) {
        Running present = running;
        if (present == null || isClosed || !present.info().isLeader() || present.info().getCurrentTerm() != epoch) {
            return CompletableFuture.completedFuture(null);
        }
        RaftPeerId successor = present.voters().successor(present.voters().present());
        if (successor == null) {
            return handOver(present, null, ADMIN_TIMEOUT_MS);
        }
        // Who is named begins to lead at once; without a name, all wait for their elections to time out.
        return handOver(present, successor, HAND_OVER_MS)
                .handle((done, failure) -> failure)
                .thenCompose(failure -> failure == null
                        ? CompletableFuture.completedFuture(null)
                        : handOver(present, null, ADMIN_TIMEOUT_MS));
    }

    /// A leader that is to go hands over to one that stays, which is to be asked again: Ratis would have it lead until
    /// its own removal is committed, and then close.
    @Override
    public CompletableFuture<VoterChange> changeVoters(VoterSet expected, VoterSet target) {
        Running present = running;
        if (present == null || isClosed) {
            return CompletableFuture.completedFuture(VoterChange.refused(VoterChange.Reason.NOT_LEADER,
                    "the metadata log is not open"));
        }
        Optional<VoterChange> refusal = present.voters()
                .refusal(leadership(), settings.isSingleVoter(), expected, target);
        if (refusal.isPresent()) {
            return CompletableFuture.completedFuture(refusal.get());
        }
        if (!target.contains(settings.nodeId())) {
            return handOver(present, present.voters().successor(target), HAND_OVER_MS)
                    .handle((done, failure) -> VoterChange.refused(VoterChange.Reason.NOT_LEADER,
                            "node " + settings.nodeId() + " leads the metadata log and is to go; it hands over first"));
        }
        return present.voters()
                .change(target.without(expected), () -> change(present, expected, target))
                .copy()
                .completeOnTimeout(new VoterChange.Unknown("no end of it within " + CHANGE_LIMIT_MS + " ms"),
                        CHANGE_LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<VoterChange> change(Running present, VoterSet expected, VoterSet target) {
        LOG.info("the voters of the metadata log are to be {} instead of {}", target.ids(), expected.ids());
        var request = new SetConfigurationRequest(
                clientId, self, GROUP, callIds.incrementAndGet(), RatisVoters.arguments(expected, target));
        return onSubmitter(() -> present.server().setConfigurationAsync(request)).handle(RatisVoters::outcome);
    }

    @Override
    public QuorumStatus status() {
        Running present = running;
        return present == null || isClosed
                ? new QuorumStatus(leadership(), QuorumStatus.UNKNOWN, List.of())
                : present.voters().status(leadership());
    }

    private CompletableFuture<@Nullable Void> handOver(Running present, @Nullable RaftPeerId successor,
            long timeoutMs) {
        var request = new TransferLeadershipRequest(
                clientId, self, GROUP, callIds.incrementAndGet(), successor, timeoutMs);
        return onSubmitter(() -> present.server().transferLeadershipAsync(request)).<@Nullable Void>thenApply(reply -> {
            if (!reply.isSuccess() && reply.getNotLeaderException() == null) {
                throw failed("leadership was not given up", reply);
            }
            return null;
        });
    }

    @Override
    public CompletableFuture<Long> snapshot() {
        Running present = running;
        if (present == null || isClosed) {
            return CompletableFuture.failedFuture(new IllegalStateException("the metadata log is not open"));
        }
        var request = SnapshotManagementRequest.newCreate(
                clientId, self, GROUP, callIds.incrementAndGet(), ADMIN_TIMEOUT_MS, 1);
        return onSubmitter(() -> present.server().snapshotManagementAsync(request)).thenApply(reply -> {
            if (!reply.isSuccess()) {
                throw failed("no snapshot was taken", reply);
            }
            IOException failure = present.machine().snapshotFailure();
            if (failure != null) {
                throw new UncheckedIOException(failure);
            }
            return present.machine().coveredOffset();
        });
    }

    private void snapshotSoon() {
        var _ = snapshot().exceptionally(e -> {
            LOG.warn("no snapshot of the metadata log could be taken; its files grow until one can", e);
            return -1L;
        });
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        Thread asking = founder;
        if (asking != null) {
            asking.interrupt();
        }
        closeRunning();
        submitter.shutdown();
        answerers.shutdown();
        pending.values()
                .forEach(append -> append.end(new Unknown("the metadata log was closed meanwhile")));
    }

    private synchronized void closeRunning() {
        Running present = running;
        try {
            if (present != null) {
                present.machine().expectClose();
                threads.close(present.server(), present.machine());
            }
            if (!threads.interruptAll()) {
                LOG.warn("threads of the metadata log are left over: {}", threads.alive());
            }
        } catch (IOException e) {
            LOG.warn("the metadata log did not close cleanly; the next start recovers it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Delivery opened = delivery;
        if (opened != null) {
            opened.close();
        }
    }

    private RaftClientRequest request(long callId, RaftClientRequest.Type type, Message message) {
        return RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setServerId(self)
                .setGroupId(GROUP)
                .setCallId(callId)
                .setType(type)
                .setMessage(message)
                .build();
    }

    private CompletableFuture<RaftClientReply> submit(Running present, RaftClientRequest request) {
        return onSubmitter(() -> present.server().submitClientRequestAsync(request));
    }

    /// Something asked of Ratis.
    private interface Asked {
        CompletableFuture<RaftClientReply> ask() throws IOException;
    }

    private CompletableFuture<RaftClientReply> onSubmitter(Asked asked) {
        CompletableFuture<RaftClientReply> result = new CompletableFuture<>();
        try {
            submitter.execute(() -> {
                try {
                    var _ = asked.ask().whenComplete((reply, failure) -> {
                        if (failure == null) {
                            result.complete(reply);
                        } else {
                            result.completeExceptionally(failure);
                        }
                    });
                } catch (IOException | RuntimeException e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    private static CompletableFuture<AppendOutcome> notWritten(Reason reason, String detail) {
        return CompletableFuture.completedFuture(new NotWritten(reason, detail));
    }

    private static IllegalStateException failed(String what, RaftClientReply reply) {
        return new IllegalStateException(what + ": " + reply.getException(), reply.getException());
    }
}
