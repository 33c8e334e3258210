package io.girok.quorum.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The end of the segment to which Raft's entries were appended when this node went down. Pure, but for [#cut].
///
/// | bytes | what |
/// |---|---|
/// | 8 | `RaftLog1` |
/// | 1 to 3 | size of an entry, as a varint |
/// | n | the entry, which begins with the tag of its term |
/// | 4 | CRC-32C of both |
/// | … | further entries, then zeros up to the end of the file |
final class TornTail {
    /*
     * Ratis fills its file with zeros before it writes into it. So an entry of which only a part has reached the disk
     * when the power failed, or the process was killed inside of a write, is followed by zeros, and not by the end of
     * the file, which is the one torn end that Ratis knows. Everything else it takes for damage, and does not start.
     *
     * A disk writes whole sectors. What is torn therefore has a hole: a sector, or what the entry has of it, that is
     * all zeros. An entry with a flipped bit has none. So a tail is cut when nothing in it is whole and it has a hole.
     *
     * To cut it is safe, whether others vote or not. This node's sync of these bytes never came to its end: that would
     * have filled the hole. And before that end it tells nobody that it has them, neither as a leader, which counts
     * itself only then, nor as a follower, which answers only then. So no majority has ever rested on them.
     *
     * A whole entry behind the damage may have been acknowledged, and so may what is damaged: then nothing is cut.
     */
    private static final Logger LOG = LoggerFactory.getLogger(TornTail.class);
    private static final int HEADER_BYTES = 8;
    private static final int CHECKSUM_BYTES = Integer.BYTES;
    private static final int MAX_ENTRY_BYTES = RatisConfiguration.BYTE_LIMIT;
    private static final int MAX_VARINT_BYTES = 5;
    /// Of the field that each entry begins with.
    private static final byte TERM_TAG = 1 << 3;
    /// The least that a disk writes as one.
    private static final int SECTOR_BYTES = 512;

    private final byte[] bytes;
    /// Before it all entries are whole.
    private final int from;
    /// From here on there is nothing but zeros.
    private final int to;

    private TornTail(byte[] bytes) {
        this.bytes = bytes;
        from = skipWhole();
        to = lengthWithoutZeros();
    }

    /// Cuts what is torn off the end of `segment`.
    ///
    /// @throws IOException when whole entries follow damage; nothing is changed then
    static void cut(Path segment) throws IOException {
        TornTail tail = new TornTail(Files.readAllBytes(segment));
        if (tail.isEmpty()) {
            return;
        }
        int next = tail.nextWhole();
        if (0 <= next) {
            throw new IOException("the log '" + segment + "' is damaged at position " + tail.from
                    + ", and has a whole entry at position " + next + " behind it");
        }
        if (tail.hasHole()) {
            try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
                file.truncate(tail.from);
                file.force(true);
            }
            LOG.warn("the metadata log '{}' ends in an entry at position {} that was torn when this node went down, "
                    + "and never acknowledged; cut {} bytes", segment, tail.from, tail.to - tail.from);
        }
    }

    private boolean isEmpty() {
        return to <= from;
    }

    private int skipWhole() {
        int position = Math.min(HEADER_BYTES, bytes.length);
        for (int size = wholeAt(position); 0 < size; size = wholeAt(position)) {
            position += size;
        }
        return position;
    }

    private int lengthWithoutZeros() {
        int length = bytes.length;
        while (0 < length && bytes[length - 1] == 0) {
            length--;
        }
        return length;
    }

    /// The position of a whole entry behind the damage; -1 when there is none.
    private int nextWhole() {
        for (int position = from + 1; position < to; position++) {
            int prefix = varintBytes(position);
            if (0 < prefix && position + prefix < to && bytes[position + prefix] == TERM_TAG
                    && 0 < wholeAt(position)) {
                return position;
            }
        }
        return -1;
    }

    /// How many bytes the whole entry at `position` has; 0 when there is none.
    private int wholeAt(int position) {
        int size = sizeAt(position);
        if (size == 0 || bytes.length < position + size) {
            return 0;
        }
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, position, size - CHECKSUM_BYTES);
        int expected = ByteBuffer.wrap(bytes).getInt(position + size - CHECKSUM_BYTES);
        return (int) checksum.getValue() == expected ? size : 0;
    }

    /// How many bytes an entry at `position` has, as it says; 0 when it says nothing that can be.
    private int sizeAt(int position) {
        int prefix = varintBytes(position);
        int content = 0;
        for (int i = 0; i < prefix; i++) {
            content |= (bytes[position + i] & 0x7F) << (7 * i);
        }
        return 0 < content && content <= MAX_ENTRY_BYTES ? prefix + content + CHECKSUM_BYTES : 0;
    }

    private int varintBytes(int position) {
        for (int i = 0; i < MAX_VARINT_BYTES && position + i < bytes.length; i++) {
            if (0 <= bytes[position + i]) {
                return i + 1;
            }
        }
        return 0;
    }

    private boolean hasHole() {
        int end = Math.min(bytes.length, Math.max(to, from + sizeAt(from)));
        for (int begin = from; begin < end; begin = nextSector(begin)) {
            if (isZero(begin, Math.min(nextSector(begin), end))) {
                return true;
            }
        }
        return false;
    }

    private static int nextSector(int position) {
        return (position / SECTOR_BYTES + 1) * SECTOR_BYTES;
    }

    private boolean isZero(int begin, int end) {
        for (int i = begin; i < end; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
