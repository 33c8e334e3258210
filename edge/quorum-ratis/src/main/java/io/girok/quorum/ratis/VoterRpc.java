package io.girok.quorum.ratis;

import java.io.IOException;
import java.io.InterruptedIOException;
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
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;

/// What voters ask of each other, as bytes: the kind of the request, then Ratis' own message. Thread-safe.
///
/// Ratis sends from threads that wait for the answer, one for each voter that is sent to.
final class VoterRpc implements RaftServerRpc {
    /// Ratis wants an address to show; nothing listens there.
    private static final InetSocketAddress NOWHERE = InetSocketAddress.createUnresolved("localhost", 0);
    private static final long ANSWER_LIMIT_MS = 5_000;

    /// The first byte of a request.
    private static final byte REQUEST_VOTE = 1;
    private static final byte APPEND_ENTRIES = 2;
    private static final byte INSTALL_SNAPSHOT = 3;
    private static final byte START_LEADER_ELECTION = 4;

    private final RpcType type;
    private final VoterTransport transport;
    private final PeerBook book;

    VoterRpc(RpcType type, VoterTransport transport, PeerBook book) {
        this.type = type;
        this.transport = transport;
        this.book = book;
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
        return server.requestVote(request);
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
        return server.installSnapshot(request);
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
        RequestVoteReplyProto reply = ask(REQUEST_VOTE, request.getServerRequest(), request,
                RequestVoteReplyProto.parser());
        if (reply.getServerReply().getSuccess() && !request.getPreVote()) {
            book.bind(idOf(request.getServerRequest().getReplyId()));
        }
        if (reply.getShouldShutdown()) {
            book.leave();
            return reply.toBuilder().setShouldShutdown(false).build();
        }
        return reply;
    }

    @Override
    public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) throws IOException {
        AppendEntriesReplyProto reply = ask(APPEND_ENTRIES, request.getServerRequest(), request,
                AppendEntriesReplyProto.parser());
        if (reply.getResult() == AppendEntriesReplyProto.AppendResult.SUCCESS) {
            book.bind(idOf(request.getServerRequest().getReplyId()));
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

    private <T> T ask(byte kind, RaftRpcRequestProto header, MessageLite request, Parser<T> parser)
            throws IOException {
        byte[] message = request.toByteArray();
        byte[] bytes = new byte[1 + message.length];
        bytes[0] = kind;
        System.arraycopy(message, 0, bytes, 1, message.length);
        int voterId = idOf(header.getReplyId());
        CompletableFuture<byte[]> answer = transport.send(voterId, bytes);
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
