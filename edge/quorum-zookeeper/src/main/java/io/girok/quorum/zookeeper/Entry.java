package io.girok.quorum.zookeeper;

import io.girok.metadata.UnreadableMetadata;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The records of one append, as a znode's data. Immutable.
///
/// | bytes | what |
/// |---|---|
/// | 1 | version of this layout, 1 |
/// | 8 | epoch of the writer |
/// | 8 | offset of the first record |
/// | 4 | count of records |
/// | 1 to 5 and n, for each record | its length, seven bits a byte, the low ones first; its bytes |
record Entry(long epoch, long firstOffset, List<byte[]> records) {
    /// What a server takes is `jute.maxbuffer`, 1,048,575 bytes by default, with all that goes with an entry.
    static final int MAX_BYTES = 1_000_000;
    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 1 + 8 + 8 + 4;
    private static final int MAX_LENGTH_BYTES = 5;

    Entry {
        records = List.copyOf(records);
    }

    long endOffset() {
        return firstOffset + records.size();
    }

    byte[] write() {
        int size = HEADER_BYTES;
        for (byte[] each : records) {
            size += lengthBytes(each.length) + each.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put(VERSION).putLong(epoch).putLong(firstOffset).putInt(records.size());
        for (byte[] each : records) {
            int length = each.length;
            for (; 0x7F < length; length >>>= 7) {
                out.put((byte) (length | 0x80));
            }
            out.put((byte) length).put(each);
        }
        return out.array();
    }

    private static int lengthBytes(int length) {
        int bytes = 1;
        for (int rest = length; 0x7F < rest; rest >>>= 7) {
            bytes++;
        }
        return bytes;
    }

    /// @throws UnreadableMetadata when the bytes are not those of an entry
    static Entry read(String path, byte[] data) {
        ByteBuffer in = ByteBuffer.wrap(data);
        check(path, HEADER_BYTES <= data.length, "is too short for an entry");
        check(path, in.get() == VERSION, "is of a later version than this Girok can read");
        long epoch = in.getLong();
        long firstOffset = in.getLong();
        int count = in.getInt();
        check(path, 0 < count && count <= in.remaining(), "has a count of records that cannot be");
        List<byte[]> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int length = length(path, in);
            check(path, 0 <= length && length <= in.remaining(), "ends within a record");
            byte[] bytes = new byte[length];
            in.get(bytes);
            records.add(bytes);
        }
        check(path, !in.hasRemaining(), "goes on after its last record");
        return new Entry(epoch, firstOffset, records);
    }

    private static int length(String path, ByteBuffer in) {
        int length = 0;
        for (int i = 0; i < MAX_LENGTH_BYTES; i++) {
            check(path, in.hasRemaining(), "ends within a record's length");
            byte next = in.get();
            length |= (next & 0x7F) << (7 * i);
            if (0 <= next) {
                return length;
            }
        }
        throw new UnreadableMetadata("znode '" + path + "' has a record's length of too many bytes");
    }

    private static void check(String path, boolean holds, String what) {
        if (!holds) {
            throw new UnreadableMetadata("znode '" + path + "' " + what);
        }
    }
}
