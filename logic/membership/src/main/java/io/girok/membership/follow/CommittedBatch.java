package io.girok.membership.follow;

import java.util.List;

/// Records that were committed to the metadata log together. Immutable; nobody changes the bytes.
record CommittedBatch(long epoch, long firstOffset, List<byte[]> records) {
    CommittedBatch {
        records = List.copyOf(records);
    }

    long endOffset() {
        return firstOffset + records.size();
    }

    long sizeBytes() {
        long size = 0;
        for (byte[] each : records) {
            size += each.length;
        }
        return size;
    }
}
