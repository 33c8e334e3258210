package io.girok.group;

import io.girok.coordinator.Command;
import io.girok.coordinator.Decision;
import io.girok.coordinator.Reply;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.protocol.Errors;

/// An operator wants to see one group. Immutable.
///
/// @param version of the request; before 6 a group that is not there is a dead one (KIP-1043)
record DescribeGroup(String groupId, short version) implements Command<GroupState, DescribedGroup> {
    private static final short FIRST_VERSION_WITH_NOT_FOUND = 6;

    @Override
    public Decision handle(GroupState state, Reply<DescribedGroup> reply) {
        ClassicGroup group = state.group(groupId);
        return Decision.answered(reply, group == null ? absent() : describe(group));
    }

    private DescribedGroup absent() {
        DescribedGroup answer = new DescribedGroup().setGroupId(groupId).setGroupState("Dead");
        if (version < FIRST_VERSION_WITH_NOT_FOUND) {
            return answer;
        }
        return answer.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                .setErrorMessage("Group " + groupId + " not found.");
    }

    private static DescribedGroup describe(ClassicGroup group) {
        boolean isStable = group.phase() == GroupPhase.STABLE;
        String protocol = group.protocol();
        DescribedGroup answer = new DescribedGroup().setGroupId(group.id())
                .setGroupState(group.phase().text())
                .setProtocolType(group.protocolType())
                .setProtocolData(isStable && protocol != null ? protocol : "");
        for (Member member : group.members()) {
            answer.members()
                    .add(
                            new DescribedGroupMember().setMemberId(member.id())
                                    .setGroupInstanceId(member.instanceId())
                                    .setClientId(member.clientId())
                                    .setClientHost(member.clientHost())
                                    .setMemberMetadata(
                                            isStable ? member.metadata(protocol).toArray() : new byte[0])
                                    .setMemberAssignment(isStable ? member.assignment.toArray() : new byte[0]));
        }
        return answer;
    }

    static DescribedGroup refused(String groupId, Errors error) {
        return new DescribedGroup().setGroupId(groupId).setErrorCode(error.code());
    }
}
