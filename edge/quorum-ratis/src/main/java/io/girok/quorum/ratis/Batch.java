package io.girok.quorum.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What one entry of the Raft log carries: the writer's claim and its records. Immutable.
///
/// | bytes | what |
/// |---|---|
/// | 1 | version, 0 |
/// | 8 | the writer's epoch |
/// | 8 | base offset |
/// | 4 | number of records, then each: |
/// | 4 | its size |
/// | n | its bytes |
record Batch(long epoch, long baseOffset, List<byte[]> records) {
    private static final byte VERSION = 0;
    private static final int HEADER_BYTES = 1 + 8 + 8 + 4;
    private static final int SIZE_BYTES = 4;

    ByteBuffer encode() {
        int size = HEADER_BYTES;
        for (byte[] each : records) {
            size += SIZE_BYTES + each.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put(VERSION).putLong(epoch).putLong(baseOffset).putInt(records.size());
        for (byte[] each : records) {
            out.putInt(each.length).put(each);
        }
        return out.flip();
    }

    static Batch decode(ByteBuffer in) throws IOException {
        if (in.remaining() < HEADER_BYTES) {
            throw new IOException("an entry of " + in.remaining() + " bytes is no batch of metadata");
        }
        byte version = in.get();
        if (version != VERSION) {
            throw new IOException("a batch of metadata has version " + version + ", known is " + VERSION
                    + ": was it written by a later Girok?");
        }
        long epoch = in.getLong();
        long baseOffset = in.getLong();
        int count = in.getInt();
        if (count <= 0 || in.remaining() / SIZE_BYTES < count) {
            throw new IOException("a batch of metadata says it has " + count + " records in " + in.remaining()
                    + " bytes");
        }
        List<byte[]> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            records.add(decodeRecord(in, i));
        }
        return new Batch(epoch, baseOffset, records);
    }

    private static byte[] decodeRecord(ByteBuffer in, int index) throws IOException {
        int size = SIZE_BYTES <= in.remaining() ? in.getInt() : -1;
        if (size < 0 || in.remaining() < size) {
            throw new IOException("record " + index + " of a batch of metadata says it has " + size + " bytes of "
                    + in.remaining());
        }
        byte[] record = new byte[size];
        in.get(record);
        return record;
    }
}
