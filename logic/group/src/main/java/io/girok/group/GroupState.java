package io.girok.group;

import io.girok.base.Clock;
import io.girok.coordinator.CoordinatorRecord;
import io.girok.coordinator.CoordinatorState;
import io.girok.coordinator.CoordinatorTimers;
import io.girok.coordinator.Decision;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The groups and offsets of one partition of `__consumer_offsets`. Owned by the partition's shard.
///
/// A group is here when it has members, was written, or has offsets; commands live in classes of their own.
final class GroupState implements CoordinatorState {
    private final GroupSettings settings;
    private final Clock clock;
    private final TopicIds topicIds;
    private final CoordinatorTimers<GroupState> timers;
    private final Map<String, ClassicGroup> groups = new LinkedHashMap<>();
    private final CommittedOffsets offsets = new CommittedOffsets();

    GroupState(GroupSettings settings, Clock clock, TopicIds topicIds, CoordinatorTimers<GroupState> timers) {
        this.settings = settings;
        this.clock = clock;
        this.topicIds = topicIds;
        this.timers = timers;
    }

    @Override
    public void applyRecord(CoordinatorRecord record) {
        switch (GroupRecordCodec.read(record)) {
            case GroupRecord.OffsetCommit(OffsetKey key, OffsetValue value) -> applyOffset(key, value);
            case GroupRecord.GroupMetadata(String group, GroupValue value) -> applyGroup(group, value);
            case GroupRecord.Other _ -> {
                // Stays in the log for the version that knows it.
            }
        }
    }

    private void applyOffset(OffsetKey key, @Nullable OffsetValue value) {
        offsets.apply(key, value);
        if (value != null) {
            groups.computeIfAbsent(key.group(), ClassicGroup::new);
        } else {
            forgetIfVoid(key.group());
        }
    }

    private void applyGroup(String id, @Nullable GroupValue value) {
        if (value != null) {
            groups.computeIfAbsent(id, ClassicGroup::new).apply(value);
            return;
        }
        groups.remove(id);
        if (offsets.hasAny(id)) {
            groups.put(id, new ClassicGroup(id));
        }
    }

    @Override
    public Decision onLoaded() {
        for (ClassicGroup group : groups.values()) {
            group.members().forEach(member -> Sessions.expect(this, group, member, member.sessionTimeoutMs));
        }
        OffsetExpiry.scheduleNext(this);
        return OffsetExpiry.forgetDeletedTopics(this);
    }

    GroupSettings settings() {
        return settings;
    }

    Clock clock() {
        return clock;
    }

    TopicIds topicIds() {
        return topicIds;
    }

    CoordinatorTimers<GroupState> timers() {
        return timers;
    }

    CommittedOffsets offsets() {
        return offsets;
    }

    Collection<ClassicGroup> groups() {
        return groups.values();
    }

    @Nullable
    ClassicGroup group(String id) {
        return groups.get(id);
    }

    ClassicGroup groupOrNew(String id) {
        return groups.computeIfAbsent(id, ClassicGroup::new);
    }

    /// A group that nobody is in and nothing is written of leaves no trace.
    void forgetIfVoid(String id) {
        ClassicGroup group = groups.get(id);
        if (group != null && group.phase() == GroupPhase.EMPTY && group.memberCount() == 0
                && group.pendingMemberIds().isEmpty() && group.written().isEmpty() && !offsets.hasAny(id)) {
            groups.remove(id);
        }
    }
}
