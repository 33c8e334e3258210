package io.girok.controller;

import io.girok.metadata.ImageChange;
import io.girok.metadata.MetadataCodec;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataRecord;
import java.util.ArrayList;
import java.util.List;

/// The records of a decision while it is made, item by item, and the image they lead to: so that the items of a command
/// see each other, and the batch stays as small as the metadata log demands. Owned by the one decision.
final class Draft {
    /// The bytes of a partition's record besides those of its replicas, and for each replica; at least.
    private static final int PARTITION_BYTES = 28;
    private static final int REPLICA_BYTES = 20;

    private final ImageChange change;
    private final List<MetadataRecord> records = new ArrayList<>();
    private long bytes;

    Draft(MetadataImage image) {
        this.change = new ImageChange(image);
    }

    /// With all that was added so far.
    MetadataImage image() {
        return change.image();
    }

    /// Whether so many partitions could fit into an empty batch; asked before memory is reserved for them.
    static boolean canHold(long partitionCount, long replicationFactor) {
        long bytesEach = PARTITION_BYTES + REPLICA_BYTES * replicationFactor;
        return partitionCount <= MetadataLog.MAX_BATCH_BYTES / bytesEach;
    }

    boolean hasRoomFor(long bytesMore) {
        return bytes + bytesMore <= MetadataLog.MAX_BATCH_BYTES;
    }

    /// Adds all of `added`; false, and nothing is added, when the batch would become too large.
    boolean add(List<? extends MetadataRecord> added) {
        long bytesAdded = 0;
        for (MetadataRecord record : added) {
            bytesAdded += MetadataCodec.encode(record).length;
        }
        if (!hasRoomFor(bytesAdded)) {
            return false;
        }
        bytes += bytesAdded;
        added.forEach(change::apply);
        records.addAll(added);
        return true;
    }

    /// What is told of an item that [#add] turned down.
    static <T> Result<T> tooLarge() {
        return Result.failed(
                ControllerError.POLICY_VIOLATION,
                "one request may change at most " + MetadataLog.MAX_BATCH_BYTES
                        + " bytes of metadata; ask for less at once");
    }

    /// What is told of an item that would fit if there were not so many others.
    static <T> Result<T> full() {
        return Result.failed(ControllerError.THROTTLING_QUOTA_EXCEEDED,
                "one batch of metadata does not hold all that was asked for; ask again for the rest");
    }

    <A> Decision<A> decision(A answer, boolean validateOnly) {
        return new Decision<>(validateOnly ? List.of() : records, answer);
    }

    /// A decision that may have to be gone on with.
    ///
    /// @param isDone whether all that was to be added is
    <A> Decision<A> step(A answer, boolean isDone) {
        return new Decision<>(records, answer, isDone);
    }
}
