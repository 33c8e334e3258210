package io.girok.controller;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import java.util.LinkedHashMap;
import java.util.Map;

/// Says in which log directory a broker has its replicas; the answers are in the order of the question.
///
/// @param brokerEpoch of the registration that is meant
/// @param directories by partition
public record AssignDirectories(int brokerId, long brokerEpoch,
        Map<PartitionId, TopicId> directories) implements Command<Result<Map<PartitionId, Result<TopicId>>>> {
    public AssignDirectories {
        directories = new LinkedHashMap<>(directories);
    }
}
