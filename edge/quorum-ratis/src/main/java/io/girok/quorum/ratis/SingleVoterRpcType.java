package io.girok.quorum.ratis;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;

/// The transport of a quorum of one, which has nobody to talk to: no port, no threads. Immutable.
///
/// Ratis makes it by the class name that [#name] gives, so it is public and has a constructor without parameters.
public final class SingleVoterRpcType implements RpcType {
    public SingleVoterRpcType() {}

    @Override
    public String name() {
        return SingleVoterRpcType.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new Factory(this);
    }

    private record Factory(SingleVoterRpcType type) implements ServerFactory {
        @Override
        public RpcType getRpcType() {
            return type;
        }

        @Override
        public RaftServerRpc newRaftServerRpc(RaftServer server) {
            return new SingleVoterRpc(type);
        }
    }
}
