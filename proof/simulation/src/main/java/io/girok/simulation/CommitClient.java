package io.girok.simulation;

import java.util.List;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// Commits ever higher offsets of a group, and looks from time to time which one is committed. Owned by the world's
/// thread.
final class CommitClient implements Client {
    private static final short FIND_VERSION = 3;
    private static final short COMMIT_VERSION = 8;
    private static final short FETCH_VERSION = 7;
    private static final double LOOKS = 0.3;

    private final ClientLink link;
    private final History history;
    private final String group;
    private final String topic;
    private long tried;
    private long committed = -1;
    private int commits;
    private boolean isFinishing;
    private boolean hasFinished;

    CommitClient(ClientLink link, History history, String group, String topic) {
        this.link = link;
        this.history = history;
        this.group = group;
        this.topic = topic;
    }

    @Override
    public void start() {
        link.now(this::findCoordinator);
    }

    @Override
    public void finish() {
        isFinishing = true;
    }

    @Override
    public boolean isFinished() {
        return hasFinished;
    }

    int commits() {
        return commits;
    }

    private void findCoordinator() {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKey(group);
        var _ = link.ask(link.anyBroker(), ApiKeys.FIND_COORDINATOR, FIND_VERSION, request)
                .handle((answer, failure) -> {
                    if (failure == null && ((FindCoordinatorResponseData) answer).errorCode() == Errors.NONE.code()) {
                        use(((FindCoordinatorResponseData) answer).nodeId());
                    } else {
                        link.later(50, 300, this::findCoordinator);
                    }
                    return true;
                });
    }

    private void use(int coordinator) {
        if (isFinishing || link.world().chance(LOOKS)) {
            look(coordinator);
        } else {
            commit(coordinator);
        }
    }

    private void commit(int coordinator) {
        long offset = ++tried;
        OffsetCommitRequestData request = new OffsetCommitRequestData().setGroupId(group)
                .setTopics(List.of(new OffsetCommitRequestTopic().setName(topic)
                        .setPartitions(List.of(new OffsetCommitRequestPartition().setPartitionIndex(0)
                                .setCommittedOffset(offset)))));
        var _ = link.ask(coordinator, ApiKeys.OFFSET_COMMIT, COMMIT_VERSION, request).handle((answer, failure) -> {
            if (failure == null && ((OffsetCommitResponseData) answer).topics()
                    .getFirst()
                    .partitions()
                    .getFirst()
                    .errorCode() == Errors.NONE.code()) {
                committed = Math.max(committed, offset);
                commits++;
                link.later(5, 100, () -> use(coordinator));
            } else {
                link.later(50, 300, this::findCoordinator);
            }
            return true;
        });
    }

    private void look(int coordinator) {
        long atLeast = committed;
        OffsetFetchRequestData request = new OffsetFetchRequestData().setGroupId(group)
                .setRequireStable(true)
                .setTopics(List.of(new OffsetFetchRequestTopic().setName(topic).setPartitionIndexes(List.of(0))));
        var _ = link.ask(coordinator, ApiKeys.OFFSET_FETCH, FETCH_VERSION, request).handle((answer, failure) -> {
            OffsetFetchResponseData told = failure == null ? (OffsetFetchResponseData) answer : null;
            if (told == null || told.errorCode() != Errors.NONE.code()
                    || told.topics().getFirst().partitions().getFirst().errorCode() != Errors.NONE.code()) {
                link.later(50, 300, this::findCoordinator);
                return true;
            }
            long offset = told.topics().getFirst().partitions().getFirst().committedOffset();
            if (offset < atLeast || tried < offset) {
                history.violation("group " + group + " has offset " + offset + " committed, of " + atLeast
                        + " (acknowledged) to " + tried + " (tried), says broker " + coordinator);
            }
            if (isFinishing) {
                hasFinished = true;
            } else {
                link.later(5, 100, () -> use(coordinator));
            }
            return true;
        });
    }
}
