package io.girok.journal;

import io.girok.base.DiskFull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
/// 28 where the file before ended         int32      38 size                                         int32
/// 32 random number of this use of the file int64    42 topic's name, bytes
/// 40 entries
/// ```
///
/// Groups begin at multiples of 512 bytes, and where a file ended is told in such blocks: 0 if that is not known. The
/// random number keeps bytes of a client, which may look like a group where one was torn, from being taken for one.
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
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final int maxBytes;
    private final IntFunction<ByteBuffer> memory;
    private final Map<JournalClient, Long> clients = new LinkedHashMap<>();
    private final Map<JournalKey, Extent> extents = new LinkedHashMap<>();
    /// What groups that could not be written had to say, which is said before everything else.
    private final Map<JournalKey, Extent> owed = new LinkedHashMap<>();
    private final Map<String, byte[]> names = new HashMap<>();
    private boolean hasNews;
    /// What [#complete] puts at most, for which there is room: memory that cannot be had then costs the whole group.
    private long reservedBytes;
    private ByteBuffer buffer = NOTHING;
    private CompletableFuture<Optional<IOException>> end = new CompletableFuture<>();

    /// @param maxBytes about how much of the clients' bytes it takes
    /// @param memory gives a buffer of so many bytes
    Group(int maxBytes, IntFunction<ByteBuffer> memory) {
        this.maxBytes = maxBytes;
        this.memory = memory;
    }

    /// Whether there is nothing that somebody waits for: what is owed waits for others.
    boolean isEmpty() {
        return !hasNews;
    }

    /// Whether it says what somebody relies on who asks now.
    boolean isNeeded() {
        return hasNews || owed.values().stream().anyMatch(Extent::isCut);
    }

    /// It is written even if there is nothing in it.
    void require() {
        hasNews = true;
    }

    /// Completed when it is written, or with the reason why it is not.
    CompletableFuture<Optional<IOException>> end() {
        return end;
    }

    /// Who waits for this group, and up to which offset.
    Map<JournalClient, Long> clients() {
        return clients;
    }

    /// Whose entries there are, or will be.
    Stream<Set<JournalKey>> keys() {
        return Stream.of(extents.keySet(), owed.keySet());
    }

    /// Tells `of` the end offset of each partition in this group.
    void forEachEnd(ObjLongConsumer<JournalKey> of) {
        owed.forEach((key, extent) -> of.accept(key, extent.highestEnd()));
        extents.forEach((key, extent) -> of.accept(key, extent.highestEnd()));
    }

    /// Tells `of` what this group says of the partitions whose logs it cuts, in order.
    void forEachCut(BiConsumer<JournalKey, Extent> of) {
        for (Map<JournalKey, Extent> said : List.of(owed, extents)) {
            said.forEach((key, extent) -> {
                if (extent.isCut()) {
                    of.accept(key, extent);
                }
            });
        }
    }

    /// Tells `of` up to where what is appended here is needed, once that is durable. What is owed comes before it.
    void forEachNeededEnd(ObjLongConsumer<JournalKey> of) {
        extents.forEach((key, extent) -> of.accept(key, extent.neededEnd()));
    }

    /// Nobody will ask for what there is so far of the partitions that `isGone` tells of.
    void forget(Predicate<JournalKey> isGone) {
        for (Map<JournalKey, Extent> said : List.of(owed, extents)) {
            said.forEach((key, extent) -> {
                if (isGone.test(key)) {
                    extent.forget();
                }
            });
        }
    }

    /// Answers false when there is no room for the bytes: then the group notes that they are not here, as it does with
    /// everything of this partition that follows until it is written.
    boolean add(JournalKey key, JournalClient client, long baseOffset, long endOffset, ByteBuffer bytes) {
        Extent extent = extentOf(key, extents, 1);
        hasNews = true;
        if (extent.isRefused() || !hasRoom(ENTRY_HEADER_BYTES + name(key).length + bytes.remaining())) {
            extent.refused(baseOffset, endOffset);
            return false;
        }
        put(key, BYTES, baseOffset, endOffset, bytes);
        clients.put(client, endOffset);
        extent.appended(baseOffset, endOffset);
        return true;
    }

    /// The bytes that `lost`, which could not be written, had are not in the journal; but where it has cut a log, that
    /// is cut.
    void owe(Group lost) {
        lost.owed.forEach((key, extent) -> extentOf(key, owed, 2).add(extent));
        lost.extents.forEach((key, extent) -> extentOf(key, owed, 2).add(extent));
    }

    /// @param entries so many more may be put for it in the end
    private Extent extentOf(JournalKey key, Map<JournalKey, Extent> said, int entries) {
        Extent known = said.get(key);
        if (known != null) {
            return known;
        }
        reservedBytes += (long) entries * (ENTRY_HEADER_BYTES + name(key).length);
        Extent added = new Extent();
        said.put(key, added);
        return added;
    }

    void addCut(JournalKey key, long endOffset) throws DiskFull {
        try {
            put(key, CUT, endOffset, endOffset, NOTHING);
        } catch (OutOfMemoryError e) {
            throw noMemory(e);
        }
        hasNews = true;
        extentOf(key, extents, 1).cut(endOffset);
    }

    /// What is in a journal already.
    void add(JournalKey key, JournalEntry entry) throws IOException {
        put(key, entry.isGap() ? GAP : BYTES, entry.baseOffset(), entry.endOffset(),
                entry.isGap() ? NOTHING : entry.read());
    }

    private byte[] name(JournalKey key) {
        return names.computeIfAbsent(key.name().topic(), topic -> topic.getBytes(StandardCharsets.UTF_8));
    }

    /// Whether so many bytes may be put. Memory that cannot be had is no reason to fail: a segment can be synced.
    private boolean hasRoom(int more) {
        if (maxBytes < buffer.position() + (long) more) {
            return false;
        }
        try {
            makeRoom(more);
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    private void put(JournalKey key, byte type, long baseOffset, long endOffset, ByteBuffer bytes) {
        byte[] name = name(key);
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
        // Room for the end of the last block as well.
        long needed = Math.max(HEADER_BYTES, buffer.position()) + more + reservedBytes + BLOCK_BYTES;
        if (needed <= buffer.capacity()) {
            return;
        }
        if (Integer.MAX_VALUE < needed) {
            throw new OutOfMemoryError("a group of the journal would have " + needed + " bytes");
        }
        // In steps that double, as long as it may grow.
        long wanted = Math.max(FIRST_BYTES, Math.min(2 * needed, maxBytes + (long) BLOCK_BYTES));
        ByteBuffer larger = memory.apply((int) Math.max(needed, wanted));
        buffer = buffer.position() == 0 ? larger.position(HEADER_BYTES) : larger.put(buffer.flip());
    }

    /// Says what is left to say: what is owed before everything else, what was refused after it. Once, before it is
    /// written.
    void complete() throws DiskFull {
        try {
            putRest();
        } catch (OutOfMemoryError e) {
            throw noMemory(e);
        }
    }

    /// As where the disk is full, the segments can be synced.
    private static DiskFull noMemory(OutOfMemoryError cause) {
        return new DiskFull("the journal has no memory for what it is to write", cause);
    }

    private void putRest() {
        reservedBytes = 0;
        extents.forEach((key, extent) -> {
            if (extent.isRefused()) {
                put(key, GAP, extent.refusedBase(), extent.refusedEnd(), NOTHING);
            }
        });
        makeRoom(0);
        if (owed.isEmpty()) {
            return;
        }
        int ownEnd = buffer.position();
        owed.forEach((key, extent) -> {
            if (extent.isCut()) {
                put(key, CUT, extent.cutTo(), extent.cutTo(), NOTHING);
            }
            if (extent.hasRange()) {
                put(key, GAP, extent.base(), extent.end(), NOTHING);
            }
        });
        byte[] first = new byte[buffer.position() - ownEnd];
        buffer.get(ownEnd, first)
                .put(HEADER_BYTES + first.length, buffer, HEADER_BYTES, ownEnd - HEADER_BYTES)
                .put(HEADER_BYTES, first);
    }

    int sizeInBytes() {
        return (buffer.position() + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    }

    /// The group as it is written.
    ByteBuffer seal(JournalFile.Use use, long lowestInUse, long previousEnd) {
        int end = buffer.position();
        buffer.putInt(0, MAGIC)
                .putLong(8, use.number())
                .putLong(16, lowestInUse)
                .putInt(24, end - HEADER_BYTES)
                .putInt(28, Math.toIntExact(previousEnd / BLOCK_BYTES))
                .putLong(32, use.random());
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(CRC_BEGIN, end - CRC_BEGIN));
        buffer.putInt(4, (int) crc.getValue());
        return buffer.duplicate().position(0).limit(sizeInBytes());
    }

    /// Empty again, for reuse; `failure` says why it was not written, if it was not.
    void finish(Optional<IOException> failure) {
        hasNews = false;
        reservedBytes = 0;
        clients.clear();
        extents.clear();
        owed.clear();
        if (MAX_KEPT_BYTES < buffer.capacity()) {
            buffer = NOTHING;
        } else {
            buffer.clear();
            buffer.position(Math.min(HEADER_BYTES, buffer.capacity()));
        }
        CompletableFuture<Optional<IOException>> ended = end;
        end = new CompletableFuture<>();
        ended.complete(failure);
    }
}
