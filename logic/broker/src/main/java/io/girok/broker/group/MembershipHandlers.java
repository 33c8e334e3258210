package io.girok.broker.group;

import io.girok.group.Client;
import io.girok.group.GroupCoordinator;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.net.InetAddress;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;

/// JoinGroup (0 to 9), SyncGroup (0 to 5), Heartbeat (0 to 4) and LeaveGroup (0 to 5): the membership of classic
/// groups, each handed to the coordinator as it is. Immutable.
final class MembershipHandlers {
    private static final short FIRST_JOIN_VERSION_WITHOUT_PROTOCOL = 7;

    private final GroupCoordinator groups;

    MembershipHandlers(GroupCoordinator groups) {
        this.groups = groups;
    }

    void join(Request request, Responder responder) {
        Answering.when(
                groups.join((JoinGroupRequestData) request.body(), client(request))
                        .thenApply(answer -> withProtocol(answer, request.version())),
                responder);
    }

    void sync(Request request, Responder responder) {
        Answering.when(groups.sync((SyncGroupRequestData) request.body()), responder);
    }

    void heartbeat(Request request, Responder responder) {
        Answering.when(groups.heartbeat((HeartbeatRequestData) request.body()), responder);
    }

    void leave(Request request, Responder responder) {
        Answering.when(groups.leave((LeaveGroupRequestData) request.body(), request.version()), responder);
    }

    /// Older answers always name a protocol.
    private static JoinGroupResponseData withProtocol(JoinGroupResponseData answer, short version) {
        return version < FIRST_JOIN_VERSION_WITHOUT_PROTOCOL && answer.protocolName() == null
                ? answer.setProtocolName("")
                : answer;
    }

    /// Which group a member's request is about.
    static String groupOf(Request request) {
        return switch (request.body()) {
            case JoinGroupRequestData join -> join.groupId();
            case SyncGroupRequestData sync -> sync.groupId();
            case HeartbeatRequestData heartbeat -> heartbeat.groupId();
            case LeaveGroupRequestData leave -> leave.groupId();
            default -> throw new IllegalArgumentException("no request of a member: " + request.api());
        };
    }

    private static Client client(Request request) {
        InetAddress address = request.connection().remoteAddress().getAddress();
        return new Client(request.clientId() == null ? "" : request.clientId(),
                address == null ? "" : "/" + address.getHostAddress(), request.version());
    }
}
