package io.girok.quorum.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.simulated.ManualClock;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.SnapshotChunkProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageImpl;
import org.apache.ratis.server.storage.StorageImplUtils;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VoterRpcTest {
    private static final RaftRpcRequestProto HEADER = RaftRpcRequestProto.newBuilder()
            .setReplyId(ByteString.copyFromUtf8("2"))
            .build();
    private static final RaftRpcRequestProto GROUP_HEADER = RaftRpcRequestProto.newBuilder(HEADER)
            .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(RaftGroupId.randomId().toByteString()))
            .build();
    private final AtomicReference<byte[]> sent = new AtomicReference<>();
    private final VoterTransport transport = (voterId, request) -> {
        sent.set(request);
        return CompletableFuture.failedFuture(new IOException("nobody is there"));
    };

    /// Only they are refused by a log that has its role already, but has not started.
    @Test
    void recordsAreToldFromWhatElseVotersSay() {
        VoterRpc rpc = new VoterRpc(null, null, transport, new PeerBook(),
                new LeaderProof(RaftPeerId.valueOf("1")), new ManualClock());

        assertThatThrownBy(() -> rpc.appendEntries(
                AppendEntriesRequestProto.newBuilder().setServerRequest(HEADER).build()))
                .hasMessage("nobody is there");
        assertThat(VoterRpc.isAppend(sent.get())).isTrue();
        assertThatThrownBy(() -> rpc.installSnapshot(
                InstallSnapshotRequestProto.newBuilder().setServerRequest(HEADER).build()))
                .hasMessage("nobody is there");
        assertThat(VoterRpc.isAppend(sent.get())).isFalse();
        VoterRpc.lastEntry(transport, HEADER);
        assertThat(VoterRpc.isAppend(sent.get())).isFalse();
        assertThat(VoterRpc.isAppend(new byte[0])).isFalse();
    }

    /// Ratis lets the entries go that say who votes, and keeps only then who does.
    @Test
    void whoVotesIsKeptBeforeASnapshotTakesThePlaceOfTheLog(@TempDir Path directory) throws IOException {
        try (RaftStorageImpl storage = StorageImplUtils.newRaftStorage(directory.toFile(), SizeInBytes.ONE_KB,
                RaftStorage.StartupOption.FORMAT, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION)) {
            storage.initialize();
            AtomicReference<RaftConfiguration> kept = new AtomicReference<>();
            RaftServer server = serverWith(storage, () -> kept.set(storage.readRaftConfiguration()));

            VoterRpc.answer(server, new PeerBook(), snapshotBehind(9, 4));
            assertThat(kept.get()).isNull();
            VoterRpc.answer(server, new PeerBook(), snapshotBehind(10, 3));
            assertThat(kept.get()).isNull();
            VoterRpc.answer(server, new PeerBook(), snapshotBehind(10, 4));

            assertThat(kept.get().getLogEntryIndex()).isEqualTo(10);
            assertThat(kept.get().getCurrentPeers()).extracting(RatisVoters::id).containsExactly(4, 5);
        }
    }

    @ParameterizedTest
    @CsvSource({"3, true", "4, true", "5, false"})
    void whoeverMayHaveBeenAddedByALaterLeaderIsNotToldThatItIsRemoved(long candidateTerm, boolean isTold)
            throws IOException {
        RaftServer.Division division = fake(RaftServer.Division.class, Map.of(
                "getRaftConf", fake(RaftConfiguration.class, method -> switch (method) {
                    case "getLogEntryIndex" -> 9L;
                    case "getPreviousPeers" -> List.of();
                    default -> null;
                }),
                "getRaftLog", fake(RaftLog.class, Map.of("getLastCommittedIndex", 9L)::get),
                "getInfo", fake(DivisionInfo.class, Map.of("getCurrentTerm", 4L, "isLeaderReady", true)::get))::get);
        RaftServer server = fake(RaftServer.class, method -> method.equals("requestVote")
                ? RequestVoteReplyProto.getDefaultInstance()
                : division);
        byte[] request = VoterRpc.encode(VoterRpc.REQUEST_VOTE, RequestVoteRequestProto.newBuilder()
                .setServerRequest(
                        RaftRpcRequestProto.newBuilder(GROUP_HEADER).setRequestorId(ByteString.copyFromUtf8("7")))
                .setPreVote(true)
                .setCandidateTerm(candidateTerm)
                .build());

        byte[] answer = VoterRpc.answer(server, new PeerBook(), request);

        assertThat(RequestVoteReplyProto.parseFrom(answer).getShouldShutdown()).isEqualTo(isTold);
    }

    /// In term 4, with voters of entry 9.
    private static RaftServer serverWith(RaftStorage storage, Runnable onSnapshot) {
        RaftServer.Division division = fake(RaftServer.Division.class, method -> switch (method) {
            case "getRaftStorage" -> storage;
            case "getRaftConf" -> fake(RaftConfiguration.class, Map.of("getLogEntryIndex", 9L)::get);
            case "getInfo" -> fake(DivisionInfo.class, Map.of("getCurrentTerm", 4L)::get);
            default -> throw new AssertionError(method);
        });
        return fake(RaftServer.class, method -> {
            if (method.equals("installSnapshot")) {
                onSnapshot.run();
                return InstallSnapshotReplyProto.getDefaultInstance();
            }
            return division;
        });
    }

    private static <T> T fake(Class<T> type, Function<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type},
                (proxy, method, arguments) -> answers.apply(method.getName())));
    }

    private static byte[] snapshotBehind(long index, long term) {
        LogEntryProto voters = LogEntryProto.newBuilder()
                .setIndex(index)
                .setConfigurationEntry(RaftConfigurationProto.newBuilder()
                        .addPeers(RatisVoters.peer(Voters.at(4)).getRaftPeerProto())
                        .addPeers(RatisVoters.peer(Voters.at(5)).getRaftPeerProto()))
                .build();
        return VoterRpc.encode(VoterRpc.INSTALL_SNAPSHOT, InstallSnapshotRequestProto.newBuilder()
                .setServerRequest(GROUP_HEADER)
                .setLeaderTerm(term)
                .setLastRaftConfigurationLogEntryProto(voters)
                .setSnapshotChunk(SnapshotChunkProto.newBuilder().setDone(true))
                .build());
    }
}
