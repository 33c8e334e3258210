package io.girok.group;

import io.girok.base.TopicId;

/// A committed offset as it stands in `__consumer_offsets`. Immutable.
///
/// @param leaderEpoch of the last consumed record, -1 when unknown
/// @param expireTimestampMs when the client asked for it to be forgotten, -1 when it left that to the broker
/// @param topicId zero when the record does not say; tells a topic from a later one of the same name
record OffsetValue(long offset, int leaderEpoch, String metadata, long commitTimestampMs, long expireTimestampMs,
        TopicId topicId) {
    static final long NEVER = -1;
}
