package io.girok.quorum.ratis;

import io.girok.base.Clock;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorageImpl;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;
import org.apache.ratis.util.ProtoUtils;

/// What voters ask of each other, as bytes: the kind of the request, then Ratis' own message. Thread-safe.
///
/// Ratis sends from threads that wait for the answer, one for each voter that is sent to.
///
/// A vote is on stable storage before anybody hears of it: Ratis syncs the file that says whom it voted for, but not
/// that the file has its name.
final class VoterRpc implements RaftServerRpc {
    /// Ratis wants an address to show; nothing listens there.
    private static final InetSocketAddress NOWHERE = InetSocketAddress.createUnresolved("localhost", 0);
    private static final long ANSWER_LIMIT_MS = 5_000;
    /// So long after a start others may be starting as well.
    private static final long START_MS = 10_000;
    private static final long ASK_AGAIN_MS = 20;

    /// The first byte of a request.
    static final byte REQUEST_VOTE = 1;
    private static final byte APPEND_ENTRIES = 2;
    static final byte INSTALL_SNAPSHOT = 3;
    private static final byte START_LEADER_ELECTION = 4;

    private final RaftServer server;
    private final RpcType type;
    private final VoterTransport transport;
    private final PeerBook book;
    private final LeaderProof proof;
    private final Clock clock;
    private final long startedMs;

    VoterRpc(RaftServer server, RpcType type, VoterTransport transport, PeerBook book, LeaderProof proof,
            Clock clock) {
        this.server = server;
        this.type = type;
        this.transport = transport;
        this.book = book;
        this.proof = proof;
        this.clock = clock;
        startedMs = clock.monotonicMs();
    }

    /// Whether a leader has sent it for this node's log.
    static boolean isAppend(byte[] request) {
        return 0 < request.length && request[0] == APPEND_ENTRIES;
    }

    /// Has `server` answer what another voter has sent. Blocks.
    static byte[] answer(RaftServer server, PeerBook book, byte[] request) throws IOException {
        if (request.length == 0) {
            throw new IOException("a request of another voter is empty");
        }
        byte[] message = new byte[request.length - 1];
        System.arraycopy(request, 1, message, 0, message.length);
        MessageLite reply = switch (request[0]) {
            case REQUEST_VOTE -> vote(server, book, RequestVoteRequestProto.parseFrom(message));
            case APPEND_ENTRIES -> append(server, book, AppendEntriesRequestProto.parseFrom(message));
            case INSTALL_SNAPSHOT -> install(server, book, InstallSnapshotRequestProto.parseFrom(message));
            case START_LEADER_ELECTION ->
                server.startLeaderElection(StartLeaderElectionRequestProto.parseFrom(message));
            default -> throw new IOException("a request of another voter is of kind " + request[0]
                    + "; " + REQUEST_VOTE + " to " + START_LEADER_ELECTION + " are known");
        };
        return reply.toByteArray();
    }

    private static RequestVoteReplyProto vote(RaftServer server, PeerBook book, RequestVoteRequestProto request)
            throws IOException {
        refuseWhile(book.isWaiting());
        if (!request.getPreVote()) {
            // It has voted for itself.
            book.bind(idOf(request.getServerRequest().getRequestorId()));
        }
        RequestVoteReplyProto reply = server.requestVote(request);
        if (!request.getPreVote() && reply.getServerReply().getSuccess()) {
            syncFiles(division(server, request.getServerRequest()));
        }
        return isRemoved(server, request)
                ? reply.toBuilder().setShouldShutdown(true).build()
                : reply;
    }

    /// Whether this node leads, and who stands for election does not vote any more. Ratis does not tell one that has
    /// more entries, none of them committed, than there were when it was removed. One in a later term may have been
    /// added since, by a leader that this node has not heard of.
    private static boolean isRemoved(RaftServer server, RequestVoteRequestProto request) throws IOException {
        RaftServer.Division division = division(server, request.getServerRequest());
        RaftConfiguration voters = division.getRaftConf();
        return division.getInfo().isLeaderReady()
                && request.getCandidateTerm() <= division.getInfo().getCurrentTerm()
                && voters.getPreviousPeers().isEmpty()
                && voters.getLogEntryIndex() <= division.getRaftLog().getLastCommittedIndex()
                && voters.getPeer(RaftPeerId.valueOf(request.getServerRequest().getRequestorId())) == null;
    }

    private static RaftServer.Division division(RaftServer server, RaftRpcRequestProto header) throws IOException {
        return server.getDivision(ProtoUtils.toRaftGroupId(header.getRaftGroupId()));
    }

    private static void syncFiles(RaftServer.Division division) throws IOException {
        RatisFiles.sync(division.getRaftStorage().getStorageDir().getCurrentDir().toPath());
    }

    private static AppendEntriesReplyProto append(RaftServer server, PeerBook book, AppendEntriesRequestProto request)
            throws IOException {
        refuseWhile(book.isWaiting());
        book.hearLeader();
        return server.appendEntries(request);
    }

    private static InstallSnapshotReplyProto install(
            RaftServer server, PeerBook book, InstallSnapshotRequestProto request) throws IOException {
        refuseWhile(book.isWaiting());
        keepVoters(server, request);
        return server.installSnapshot(request);
    }

    /// Ratis writes down who votes only after the snapshot has taken the place of the entries that say so. Killed in
    /// between, this node would go by its settings.
    private static void keepVoters(RaftServer server, InstallSnapshotRequestProto request) throws IOException {
        RaftServer.Division division = division(server, request.getServerRequest());
        LogEntryProto voters = request.getLastRaftConfigurationLogEntryProto();
        boolean isNews = voters.hasConfigurationEntry()
                && division.getRaftConf().getLogEntryIndex() < voters.getIndex()
                && division.getInfo().getCurrentTerm() <= request.getLeaderTerm();
        if (request.getSnapshotChunk().getDone() && isNews
                && division.getRaftStorage() instanceof RaftStorageImpl storage) {
            storage.writeRaftConfiguration(voters);
            syncFiles(division);
        }
    }

    private static void refuseWhile(boolean isWaiting) throws IOException {
        if (isWaiting) {
            throw new IOException("this node has no log, and waits to be added to the voters");
        }
    }

    private static int idOf(ByteString peerId) {
        return Integer.parseInt(peerId.toStringUtf8());
    }

    /// A voter that is not among the voters any more is told to shut down by Ratis' leaders. It goes on instead, as
    /// one who is voted down, so that it can be added again.
    @Override
    public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
        RatisConfiguration.allowTimeForVotes(server.getProperties());
        if (!request.getPreVote()) {
            syncFiles(division(server, request.getServerRequest()));
        }
        RequestVoteReplyProto reply = askForVote(request);
        if (reply.getServerReply().getSuccess() && !request.getPreVote()) {
            book.bind(idOf(request.getServerRequest().getReplyId()));
        }
        if (reply.getShouldShutdown()) {
            book.leave();
            return reply.toBuilder().setShouldShutdown(false).build();
        }
        return counted(reply);
    }

    /// Once something is committed, Ratis counts no vote of one whose log is empty: it may have been lost. Who votes
    /// here has lost none: it had no entry yet, as [Founding] and [RatisFiles#haveMemory] find out first. That it does
    /// not say how far its log goes does not matter to Ratis: earlier versions did not.
    private static RequestVoteReplyProto counted(RequestVoteReplyProto reply) {
        return reply.getLastEntry().getIndex() < 0 ? reply.toBuilder().clearLastEntry().build() : reply;
    }

    /// Who can't be asked while the voters are starting is asked again, until Ratis doesn't want to know any more: it
    /// takes a failure for a no, and would leave the next election to a time-out. Only whether one would be voted for,
    /// which binds nobody, is asked again.
    private RequestVoteReplyProto askForVote(RequestVoteRequestProto request) throws IOException {
        while (true) {
            try {
                return ask(REQUEST_VOTE, request.getServerRequest(), request, RequestVoteReplyProto.parser());
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                if (!request.getPreVote() || START_MS <= clock.monotonicMs() - startedMs) {
                    throw e;
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(ASK_AGAIN_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted before a voter was asked again");
            }
        }
    }

    /// Asks for the last entry of another's log, and changes nothing there: the question is whether it would vote for a
    /// node without a log, and the answer names the entry that is in the way.
    static CompletableFuture<TermIndex> lastEntry(VoterTransport transport, RaftRpcRequestProto header) {
        RequestVoteRequestProto request = RequestVoteRequestProto.newBuilder()
                .setServerRequest(header)
                .setPreVote(true)
                .build();
        return transport.send(idOf(header.getReplyId()), encode(REQUEST_VOTE, request)).thenApply(bytes -> {
            try {
                return TermIndex.valueOf(RequestVoteReplyProto.parseFrom(bytes).getLastEntry());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) throws IOException {
        long number = proof.sending();
        AppendEntriesReplyProto reply = ask(APPEND_ENTRIES, request.getServerRequest(), request,
                AppendEntriesReplyProto.parser());
        if (reply.getResult() == AppendEntriesReplyProto.AppendResult.SUCCESS) {
            book.bind(idOf(request.getServerRequest().getReplyId()));
            proof.taken(RaftPeerId.valueOf(request.getServerRequest().getReplyId()), request.getLeaderTerm(), number);
        }
        return reply;
    }

    @Override
    public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request) throws IOException {
        return ask(INSTALL_SNAPSHOT, request.getServerRequest(), request, InstallSnapshotReplyProto.parser());
    }

    @Override
    public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
            throws IOException {
        return ask(START_LEADER_ELECTION, request.getServerRequest(), request,
                StartLeaderElectionReplyProto.parser());
    }

    static byte[] encode(byte kind, MessageLite request) {
        byte[] message = request.toByteArray();
        byte[] bytes = new byte[1 + message.length];
        bytes[0] = kind;
        System.arraycopy(message, 0, bytes, 1, message.length);
        return bytes;
    }

    private <T> T ask(byte kind, RaftRpcRequestProto header, MessageLite request, Parser<T> parser)
            throws IOException {
        int voterId = idOf(header.getReplyId());
        CompletableFuture<byte[]> answer = transport.send(voterId, encode(kind, request));
        try {
            return parser.parseFrom(answer.get(ANSWER_LIMIT_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while voter " + voterId + " was asked");
        } catch (TimeoutException e) {
            throw new IOException("voter " + voterId + " did not answer within " + ANSWER_LIMIT_MS + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    @Override
    public RpcType getRpcType() {
        return type;
    }

    @Override
    public InetSocketAddress getInetSocketAddress() {
        return NOWHERE;
    }

    @Override
    public void start() {}

    @Override
    public void close() {}

    /// They are in Raft's configuration, where they are looked up, or have been told of. Kept here as well, they would
    /// outlast their removal.
    @Override
    public void addRaftPeers(Collection<RaftPeer> peers) {}

    @Override
    public void handleException(RaftPeerId serverId, Exception e, boolean reconnect) {}
}
