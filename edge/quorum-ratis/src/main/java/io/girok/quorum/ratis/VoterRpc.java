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

    VoterRpc(RpcType type, VoterTransport transport) {
        this.type = type;
        this.transport = transport;
    }

    /// Has `server` answer what another voter has sent. Blocks.
    static byte[] answer(RaftServer server, byte[] request) throws IOException {
        if (request.length == 0) {
            throw new IOException("a request of another voter is empty");
        }
        byte[] message = new byte[request.length - 1];
        System.arraycopy(request, 1, message, 0, message.length);
        MessageLite reply = switch (request[0]) {
            case REQUEST_VOTE -> server.requestVote(RequestVoteRequestProto.parseFrom(message));
            case APPEND_ENTRIES -> server.appendEntries(AppendEntriesRequestProto.parseFrom(message));
            case INSTALL_SNAPSHOT -> server.installSnapshot(InstallSnapshotRequestProto.parseFrom(message));
            case START_LEADER_ELECTION ->
                server.startLeaderElection(StartLeaderElectionRequestProto.parseFrom(message));
            default -> throw new IOException("a request of another voter is of kind " + request[0]
                    + "; " + REQUEST_VOTE + " to " + START_LEADER_ELECTION + " are known");
        };
        return reply.toByteArray();
    }

    @Override
    public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
        return ask(REQUEST_VOTE, request.getServerRequest(), request, RequestVoteReplyProto.parser());
    }

    @Override
    public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) throws IOException {
        return ask(APPEND_ENTRIES, request.getServerRequest(), request, AppendEntriesReplyProto.parser());
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
        int voterId = Integer.parseInt(header.getReplyId().toStringUtf8());
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

    @Override
    public void addRaftPeers(Collection<RaftPeer> peers) {}

    @Override
    public void handleException(RaftPeerId serverId, Exception e, boolean reconnect) {}
}
