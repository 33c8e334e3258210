package io.girok.group;

import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What can be said of a request before any state is looked at. Stateless.
final class Requests {
    /// Of ids and other short texts. A record holds 32,767 bytes of each, and a character may take three.
    static final int MAX_NAME_CHARS = 10_000;
    /// Of a client id that becomes part of a member id.
    private static final int MAX_PREFIX_CHARS = 255;

    private Requests() {}

    static boolean isGroupId(@Nullable String groupId) {
        return groupId != null && !groupId.isEmpty() && groupId.length() <= MAX_NAME_CHARS;
    }

    static Errors checkJoin(JoinGroupRequestData request, GroupSettings settings) {
        if (!isGroupId(request.groupId())) {
            return Errors.INVALID_GROUP_ID;
        }
        if (request.sessionTimeoutMs() < settings.minSessionTimeoutMs()
                || settings.maxSessionTimeoutMs() < request.sessionTimeoutMs()) {
            return Errors.INVALID_SESSION_TIMEOUT;
        }
        boolean isShort = isShort(request.memberId()) && isShort(request.groupInstanceId())
                && isShort(request.protocolType())
                && request.protocols().stream().allMatch(protocol -> isShort(protocol.name()));
        return isShort ? Errors.NONE : Errors.INVALID_REQUEST;
    }

    /// What a new member's id begins with; people see it in every description of the group.
    static String memberIdPrefix(JoinGroupRequestData request, Client client) {
        String prefix = request.groupInstanceId() == null ? client.id() : request.groupInstanceId();
        return prefix.length() <= MAX_PREFIX_CHARS ? prefix : prefix.substring(0, MAX_PREFIX_CHARS);
    }

    private static boolean isShort(@Nullable String name) {
        return name == null || name.length() <= MAX_NAME_CHARS;
    }
}
