package io.girok.group;

import io.girok.base.TopicId;
import io.girok.coordinator.Command;
import io.girok.coordinator.Decision;
import io.girok.coordinator.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Forgets offsets that nobody comes back for, and those of deleted topics. Stateless; runs on the partition's shard.
///
/// | the group | its offset goes, `offsets.retention.minutes` after |
/// |---|---|
/// | has members, reads the topic | never |
/// | has members, reads the topic no longer | the commit |
/// | had members | the group became empty (KIP-211) |
/// | never had members | the commit |
///
/// A commit that brought its own retention time (version 2 to 4 of the request) goes then, whatever the group does.
final class OffsetExpiry {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetExpiry.class);
    private static final String TIMER = "offset expiry";
    /// Deletions that one turn decides; the rest follows in the next.
    private static final int MAX_DELETIONS = 10_000;

    private OffsetExpiry() {}

    static void scheduleNext(GroupState state) {
        schedule(state, state.settings().offsetsRetentionCheckIntervalMs());
    }

    private static void schedule(GroupState state, long delayMs) {
        state.timers().schedule(TIMER, delayMs, OffsetExpiry::expire);
    }

    /// While the log takes nothing they are forgotten without it: a replay finds them, and forgets them again in time.
    private static Decision expire(GroupState state) {
        scheduleNext(state);
        Decision decision = Decision.create().splittable().dispensable();
        long nowMs = state.clock().wallMs();
        for (ClassicGroup group : List.copyOf(state.groups())) {
            if (MAX_DELETIONS <= decision.records().size()) {
                break;
            }
            expire(state, group, nowMs, decision);
        }
        int count = decision.records().size();
        return count == 0 ? decision : decision.softChange(() -> forgotten(state, count));
    }

    private static void forgotten(GroupState state, int count) {
        LOG.info("groups: {} expired offsets and groups are forgotten", count);
        if (MAX_DELETIONS <= count) {
            schedule(state, 0);
        }
    }

    private static void expire(GroupState state, ClassicGroup group, long nowMs, Decision decision) {
        List<OffsetKey> kept = new ArrayList<>();
        Optional<Set<String>> read = group.phase() == GroupPhase.STABLE ? group.subscribedTopics() : Optional.empty();
        state.offsets().forEach(group.id(), (key, value) -> {
            boolean isRead = read.map(topics -> topics.contains(key.topic())).orElse(true);
            if (expiryMs(group, value, isRead, state.settings().offsetsRetentionMs()) <= nowMs) {
                decision.record(GroupRecordCodec.offsetTombstone(key));
            } else {
                kept.add(key);
            }
        });
        boolean isAbandoned = kept.isEmpty() && group.phase() == GroupPhase.EMPTY && group.pendingMemberIds().isEmpty();
        if (isAbandoned && group.written().isPresent()) {
            decision.record(GroupRecordCodec.groupTombstone(group.id()));
        } else if (isAbandoned) {
            state.forgetIfVoid(group.id());
        }
    }

    /// When the offset is to be forgotten, by the wall clock.
    private static long expiryMs(ClassicGroup group, OffsetValue value, boolean isRead, long retentionMs) {
        if (value.expireTimestampMs() != OffsetValue.NEVER) {
            return value.expireTimestampMs();
        }
        boolean hadMembers = !group.protocolType().isEmpty();
        long sinceMs = switch (group.phase()) {
            case EMPTY -> hadMembers && 0 <= group.stateTimestampMs()
                    ? Math.max(group.stateTimestampMs(), value.commitTimestampMs())
                    : value.commitTimestampMs();
            case STABLE -> isRead ? Long.MAX_VALUE : value.commitTimestampMs();
            case PREPARING_REBALANCE, COMPLETING_REBALANCE -> Long.MAX_VALUE;
        };
        return sinceMs == Long.MAX_VALUE ? sinceMs : sinceMs + retentionMs;
    }

    /// Deletes offsets of topics that are gone, or gone and created anew under the same name. What is not written now
    /// is found again when the partition is loaded the next time.
    static Decision forgetDeletedTopics(GroupState state) {
        Decision decision = Decision.create().splittable().dispensable();
        for (String group : state.offsets().groups()) {
            state.offsets().topics(group).forEach((topic, offsets) -> {
                TopicId present = state.topicIds().idOf(topic);
                offsets.forEach((partition, value) -> {
                    boolean isGone = present.isZero() || !(value.topicId().isZero() || value.topicId().equals(present));
                    if (isGone) {
                        decision.record(GroupRecordCodec.offsetTombstone(new OffsetKey(group, topic, partition)));
                    }
                });
            });
        }
        return decision;
    }

    /// Topics were deleted: looks for their offsets. Answers how many went.
    record ForgetDeletedTopics() implements Command<GroupState, Integer> {
        @Override
        public Decision handle(GroupState state, Reply<Integer> reply) {
            Decision decision = forgetDeletedTopics(state);
            return decision.answer(reply, decision.records().size());
        }
    }
}
