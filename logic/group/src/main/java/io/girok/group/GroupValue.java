package io.girok.group;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A generation of a classic group as it stands in `__consumer_offsets`. Immutable.
///
/// @param protocolType `consumer`, `connect`, ...; empty for a group that never had members
/// @param protocol the assignment strategy the members agreed on; null when there are none
/// @param stateTimestampMs when the group came into this state, -1 in records of old brokers
record GroupValue(String protocolType, int generation, @Nullable String protocol, @Nullable String leader,
        long stateTimestampMs, List<MemberValue> members) {
    GroupValue {
        members = List.copyOf(members);
    }

    /// A member of that generation.
    ///
    /// @param instanceId null for a dynamic member
    /// @param subscription what the member sent for the protocol the group agreed on
    record MemberValue(String memberId, @Nullable String instanceId, String clientId, String clientHost,
            int rebalanceTimeoutMs, int sessionTimeoutMs, Bytes subscription, Bytes assignment) {}
}
