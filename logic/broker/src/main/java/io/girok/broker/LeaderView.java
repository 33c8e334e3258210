package io.girok.broker;

import io.girok.metadata.PartitionImage;
import java.util.function.BooleanSupplier;

/// Who leads, as clients are to be told. Thread-safe.
///
/// A broker that is cut off from the controller does not send clients to itself for what others may lead by now: they
/// would ask it again and again, and it is the one that has nothing else to do.
///
/// @param brokerId this broker
/// @param isCutOff whether the active controller was out of reach for so long that others may lead by now
public record LeaderView(int brokerId, BooleanSupplier isCutOff) {
    /// [PartitionImage#NO_LEADER] when it is not known who.
    public int leader(PartitionImage partition) {
        boolean isInDoubt = partition.leader() == brokerId && 1 < partition.replicas().size();
        return isInDoubt && isCutOff.getAsBoolean() ? PartitionImage.NO_LEADER : partition.leader();
    }
}
