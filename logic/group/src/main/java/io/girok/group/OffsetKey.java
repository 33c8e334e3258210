package io.girok.group;

/// Whose committed offset, and of which partition. Immutable.
record OffsetKey(String group, String topic, int partition) {}
