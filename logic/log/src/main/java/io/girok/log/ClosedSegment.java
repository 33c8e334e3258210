package io.girok.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A segment that is written to no more, as a cleaner sees it. Immutable; any thread may read it.
public final class ClosedSegment {
    private final Segment segment;
    private final long endOffset;
    private final int sizeInBytes;
    private final int indexBytes;

    ClosedSegment(Segment segment, long endOffset) throws IOException {
        this.segment = segment;
        this.endOffset = endOffset;
        this.sizeInBytes = segment.size();
        this.indexBytes = Math.max(segment.offsetIndex().entries().count() * OffsetIndex.ENTRY_BYTES,
                segment.timeIndex().entries().count() * TimeIndex.ENTRY_BYTES);
    }

    Segment segment() {
        return segment;
    }

    public long baseOffset() {
        return segment.baseOffset();
    }

    /// Where the next segment begins.
    public long endOffset() {
        return endOffset;
    }

    public int sizeInBytes() {
        return sizeInBytes;
    }

    /// The size of the larger of its sparse indexes.
    public int indexBytes() {
        return indexBytes;
    }

    /// Reads at `position` until `into` is full or the segment ends; answers the bytes read.
    public int read(ByteBuffer into, long position) throws IOException {
        return segment.log().read(into, position);
    }

    /// The file.
    @Override
    public String toString() {
        return segment.toString();
    }
}
