package io.girok.wire;

import io.girok.base.FileSlice;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/// The records of a fetch answer: a row of file regions and memory buffers, sent one after the other without a copy.
/// Not thread-safe; released by the network once sent, or when the connection is gone.
public final class SlicedRecords implements BaseRecords {
    /// One stretch of bytes.
    public sealed interface Part {
        record InFile(FileSlice slice) implements Part {}

        record InMemory(ByteBuffer bytes) implements Part {}
    }

    public static final SlicedRecords EMPTY = new SlicedRecords(List.of());

    private final List<Part> parts;
    private final int sizeInBytes;

    public SlicedRecords(List<Part> parts) {
        this.parts = List.copyOf(parts);
        int size = 0;
        for (Part part : parts) {
            size += switch (part) {
                case Part.InFile(FileSlice slice) -> slice.size();
                case Part.InMemory(ByteBuffer bytes) -> bytes.remaining();
            };
        }
        this.sizeInBytes = size;
    }

    public List<Part> parts() {
        return parts;
    }

    @Override
    public int sizeInBytes() {
        return sizeInBytes;
    }

    /// Gives the file handles back.
    public void release() {
        for (Part part : parts) {
            if (part instanceof Part.InFile(FileSlice slice)) {
                slice.release();
            }
        }
    }

    /// Never called: the network writes the parts itself.
    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("sliced records are sent by Girok's own network");
    }
}
