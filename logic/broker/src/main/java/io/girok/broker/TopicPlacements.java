package io.girok.broker;

import io.girok.base.TopicId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The partitions of one topic, as this broker sees them. Immutable; what is hosted changes behind it.
final class TopicPlacements {
    /// A partition: hosted here, or led elsewhere.
    sealed interface Slot {
        record Hosted(HostedPartition partition) implements Slot {}

        record Remote(Placement.NotHere placement) implements Slot {}
    }

    private final TopicId id;
    private final String name;
    private final List<Slot> slots;

    TopicPlacements(TopicId id, String name, List<Slot> slots) {
        this.id = id;
        this.name = name;
        this.slots = List.copyOf(slots);
    }

    TopicId id() {
        return id;
    }

    String name() {
        return name;
    }

    List<Slot> slots() {
        return slots;
    }

    @Nullable
    HostedPartition hosted(int index) {
        return 0 <= index && index < slots.size() && slots.get(index) instanceof Slot.Hosted(HostedPartition partition)
                ? partition
                : null;
    }

    Placement find(int index) {
        if (index < 0 || slots.size() <= index) {
            return Placement.NotHere.UNKNOWN_NAME;
        }
        return switch (slots.get(index)) {
            case Slot.Hosted(HostedPartition partition) -> partition.placement();
            case Slot.Remote(Placement.NotHere placement) -> placement;
        };
    }

    Placement findReplica(int index) {
        HostedPartition hosted = hosted(index);
        return hosted == null ? find(index) : hosted.readable();
    }
}
