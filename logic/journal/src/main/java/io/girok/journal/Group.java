package io.girok.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/// What is written and synced together, in memory. Owned by whoever holds it: the journal while it fills, its writer
/// then.
///
/// ```
/// group                                             entry
///  0 "GJ01"                              int32       0 topic id                                     2 × int64
///  4 CRC-32C of what follows             int32      16 partition                                    int32
///  8 number of the file                  int64      20 0: bytes; 1: cut, the log ends at `base`;    int8
///                                                     2: gap, these offsets are not here
/// 16 lowest number of a file in use      int64      21 length of the topic's name                   int8 (unsigned)
/// 24 bytes of the entries                int32      22 base offset, end offset                      2 × int64
/// 28 0                                   int32      38 size                                         int32
/// 32 random number of this use of the file int64    42 topic's name, bytes
/// 40 entries
/// ```
///
/// Groups begin at multiples of 512 bytes. The random number keeps bytes of a client, which may look like a group where
/// one was torn, from being taken for one.
final class Group {
    static final int MAGIC = 0x474A3031;
    static final int HEADER_BYTES = 40;
    static final int CRC_BEGIN = 8;
    static final int ENTRY_HEADER_BYTES = 42;
    static final int BLOCK_BYTES = 512;
    static final byte BYTES = 0;
    static final byte CUT = 1;
    static final byte GAP = 2;

    private static final int FIRST_BYTES = 64 * 1024;
    /// A buffer that grew beyond is not kept.
    private static final int MAX_KEPT_BYTES = 8 * 1024 * 1024;

    private final Map<JournalClient, Long> clients = new LinkedHashMap<>();
    private final Map<JournalKey, Long> bases = new HashMap<>();
    private final Map<JournalKey, Long> ends = new HashMap<>();
    private final Map<String, byte[]> names = new HashMap<>();
    private boolean hasNews;
    private ByteBuffer buffer = ByteBuffer.allocate(0);

    /// Whether there is nothing that somebody waits for: gaps wait for others.
    boolean isEmpty() {
        return !hasNews;
    }

    /// Who waits for this group, and up to which offset.
    Map<JournalClient, Long> clients() {
        return clients;
    }

    /// The end offsets of the partitions in this group.
    Map<JournalKey, Long> ends() {
        return ends;
    }

    void add(JournalKey key, JournalClient client, long baseOffset, long endOffset, ByteBuffer bytes) {
        put(key, BYTES, baseOffset, endOffset, bytes);
        hasNews = true;
        clients.put(client, endOffset);
        bases.merge(key, baseOffset, Math::min);
        ends.merge(key, endOffset, Math::max);
    }

    /// What `lost`, which could not be written, had is not in the journal; and neither is what it had to say of others
    /// before it.
    void addGaps(Group lost) {
        lost.bases.forEach((key, base) -> {
            long end = lost.ends.getOrDefault(key, base);
            put(key, GAP, base, end, ByteBuffer.allocate(0));
            bases.merge(key, base, Math::min);
            ends.merge(key, end, Math::max);
        });
    }

    void addCut(JournalKey key, long endOffset) {
        put(key, CUT, endOffset, endOffset, ByteBuffer.allocate(0));
        hasNews = true;
        ends.merge(key, endOffset, Math::max);
    }

    private void put(JournalKey key, byte type, long baseOffset, long endOffset, ByteBuffer bytes) {
        byte[] name = names
                .computeIfAbsent(key.name().topic(), topic -> topic.getBytes(StandardCharsets.UTF_8));
        makeRoom(ENTRY_HEADER_BYTES + name.length + bytes.remaining());
        buffer.putLong(key.topic().high())
                .putLong(key.topic().low())
                .putInt(key.name().index())
                .put(type)
                .put((byte) name.length)
                .putLong(baseOffset)
                .putLong(endOffset)
                .putInt(bytes.remaining())
                .put(name)
                .put(bytes.duplicate());
    }

    private void makeRoom(int more) {
        if (buffer.capacity() == 0) {
            buffer = ByteBuffer.allocateDirect(Math.max(FIRST_BYTES, 2 * (HEADER_BYTES + more))).position(HEADER_BYTES);
        }
        // Room for the end of the last block as well.
        if (buffer.remaining() < more + BLOCK_BYTES) {
            int wanted = Math.max(2 * buffer.capacity(), buffer.position() + more + BLOCK_BYTES);
            buffer = ByteBuffer.allocateDirect(wanted).put(buffer.flip());
        }
    }

    int sizeInBytes() {
        return (buffer.position() + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    }

    /// The group as it is written.
    ByteBuffer seal(JournalFile.Use use, long lowestInUse) {
        makeRoom(0);
        int end = buffer.position();
        buffer.putInt(0, MAGIC)
                .putLong(8, use.number())
                .putLong(16, lowestInUse)
                .putInt(24, end - HEADER_BYTES)
                .putInt(28, 0)
                .putLong(32, use.random());
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(CRC_BEGIN, end - CRC_BEGIN));
        buffer.putInt(4, (int) crc.getValue());
        return buffer.duplicate().position(0).limit(sizeInBytes());
    }

    /// Empty again, for reuse.
    void clear() {
        hasNews = false;
        clients.clear();
        bases.clear();
        ends.clear();
        if (MAX_KEPT_BYTES < buffer.capacity()) {
            buffer = ByteBuffer.allocate(0);
        } else {
            buffer.clear();
            buffer.position(Math.min(HEADER_BYTES, buffer.capacity()));
        }
    }
}
