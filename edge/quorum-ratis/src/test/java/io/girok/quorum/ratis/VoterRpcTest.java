package io.girok.quorum.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.simulated.ManualClock;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class VoterRpcTest {
    private final AtomicReference<byte[]> sent = new AtomicReference<>();
    private final VoterTransport transport = (voterId, request) -> {
        sent.set(request);
        return CompletableFuture.failedFuture(new IOException("nobody is there"));
    };

    /// Only they are refused by a log that has its role already, but has not started.
    @Test
    void recordsAreToldFromWhatElseVotersSay() {
        RaftRpcRequestProto header = RaftRpcRequestProto.newBuilder()
                .setReplyId(ByteString.copyFromUtf8("2"))
                .build();
        VoterRpc rpc = new VoterRpc(null, null, transport, new PeerBook(),
                new LeaderProof(RaftPeerId.valueOf("1")), new ManualClock());

        assertThatThrownBy(() -> rpc.appendEntries(
                AppendEntriesRequestProto.newBuilder().setServerRequest(header).build()))
                .hasMessage("nobody is there");
        assertThat(VoterRpc.isAppend(sent.get())).isTrue();
        assertThatThrownBy(() -> rpc.installSnapshot(
                InstallSnapshotRequestProto.newBuilder().setServerRequest(header).build()))
                .hasMessage("nobody is there");
        assertThat(VoterRpc.isAppend(sent.get())).isFalse();
        VoterRpc.lastEntry(transport, header);
        assertThat(VoterRpc.isAppend(sent.get())).isFalse();
        assertThat(VoterRpc.isAppend(new byte[0])).isFalse();
    }
}
