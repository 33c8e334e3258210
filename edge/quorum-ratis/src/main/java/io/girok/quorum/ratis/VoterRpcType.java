package io.girok.quorum.ratis;

import io.girok.base.Clock;
import java.util.Objects;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/// Ratis over a [VoterTransport]: no port, no threads of its own. Immutable.
///
/// Ratis makes it by the class name that [#name] gives, so it is public and has a constructor without parameters.
public final class VoterRpcType implements RpcType {
    private static final String TRANSPORT = "girok.voter.transport";
    private static final String BOOK = "girok.voter.book";
    private static final String PROOF = "girok.voter.proof";
    private static final String CLOCK = "girok.voter.clock";

    public VoterRpcType() {}

    static Parameters parameters(VoterTransport transport, PeerBook book, LeaderProof proof, Clock clock) {
        Parameters parameters = new Parameters();
        parameters.put(TRANSPORT, transport, VoterTransport.class);
        parameters.put(BOOK, book, PeerBook.class);
        parameters.put(PROOF, proof, LeaderProof.class);
        parameters.put(CLOCK, clock, Clock.class);
        return parameters;
    }

    @Override
    public String name() {
        return VoterRpcType.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new Factory(this, Objects.requireNonNull(parameters.get(TRANSPORT, VoterTransport.class)),
                Objects.requireNonNull(parameters.get(BOOK, PeerBook.class)),
                Objects.requireNonNull(parameters.get(PROOF, LeaderProof.class)),
                Objects.requireNonNull(parameters.get(CLOCK, Clock.class)));
    }

    private record Factory(VoterRpcType type, VoterTransport transport, PeerBook book, LeaderProof proof, Clock clock)
            implements
                ServerFactory {
        @Override
        public RpcType getRpcType() {
            return type;
        }

        @Override
        public RaftServerRpc newRaftServerRpc(RaftServer server) {
            return new VoterRpc(server, type, transport, book, proof, clock);
        }

        @Override
        public LogAppender newLogAppender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
            LogAppender appender = ServerFactory.super.newLogAppender(server, state, follower);
            proof.sendsBy(appender);
            return appender;
        }
    }
}
