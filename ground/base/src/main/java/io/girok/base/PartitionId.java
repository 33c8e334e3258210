package io.girok.base;

/// A partition by its topic's id: survives nothing but the topic itself; a recreated topic has other ids. Immutable.
///
/// @param index 0-based number of the partition
public record PartitionId(TopicId topic, int index) {}
