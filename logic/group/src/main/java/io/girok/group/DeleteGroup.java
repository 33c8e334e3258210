package io.girok.group;

import io.girok.coordinator.Command;
import io.girok.coordinator.Decision;
import io.girok.coordinator.Reply;
import org.apache.kafka.common.protocol.Errors;

/// An operator deletes a group and its offsets. Immutable.
record DeleteGroup(String groupId) implements Command<GroupState, Errors> {
    @Override
    public Decision handle(GroupState state, Reply<Errors> reply) {
        ClassicGroup group = state.group(groupId);
        if (group == null) {
            return Decision.answered(reply, Errors.GROUP_ID_NOT_FOUND);
        }
        if (group.phase() != GroupPhase.EMPTY) {
            return Decision.answered(reply, Errors.NON_EMPTY_GROUP);
        }
        Decision decision = Decision.create().splittable();
        // Offsets first: what a half-written deletion leaves is a group that can be deleted again.
        state.offsets().forEach(groupId, (key, _) -> decision.record(GroupRecordCodec.offsetTombstone(key)));
        if (group.written().isPresent()) {
            decision.record(GroupRecordCodec.groupTombstone(groupId));
        }
        return decision.answer(reply, Errors.NONE);
    }
}
