package io.girok.membership.follow;

import io.girok.metadata.MetadataLog.Leadership;
import io.girok.metadata.Voter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Questions and answers as bytes. Stateless.
///
/// ```
/// question   version int8 = 1 | cluster id: text | kind int8 |
///            0 fetch           end offset int64 | last epoch int64 | leader id int32 | its epoch int64 | wait ms int32
///            1 more            last offset int64 | position int32
///            2 barrier
/// answer     version int8 = 1 | cluster id: text | leader id int32 | its epoch int64 | kind int8 | ... |
///            leader's host: text | its port int32
///            0 batches         count int32 | epoch int64 | first offset int64 | count int32 | (size int32 | bytes)...
///            1 snapshot part   last offset int64 | last epoch int64 | size int32 | position int32 | bytes to the end
///            2 up to           last offset int64
///            3 other cluster   4 diverged: epoch int64   5 unable
/// text       length int16 | UTF-8
/// ```
///
/// Where the leader listens comes last, but for parts of snapshots, if the log says it: who does not know of it reads
/// on no further, and who does not say it ends before.
final class FollowerCodec {
    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 64;
    private static final int BATCH_BYTES = 2 * Long.BYTES + Integer.BYTES;

    private FollowerCodec() {}

    /// A question, and to which cluster the one who asks belongs; empty when it does not know yet.
    record Asked(String clusterId, Question question) {}

    /// An answer, to which cluster the one who answers belongs, and who leads there as far as it knows.
    ///
    /// @param leader where that one listens, if it is said
    record Answered(String clusterId, Leadership leadership, Answer answer, @Nullable Voter leader) {}

    /// Bytes that are no question or answer of this version.
    static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unreadable(String message) {
            super(message);
        }
    }

    static byte[] encode(Asked asked) {
        byte[] clusterId = asked.clusterId().getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + clusterId.length);
        putText(out.put(VERSION), clusterId);
        switch (asked.question()) {
            case Question.Fetch fetch -> putLeader(out.put((byte) 0)
                    .putLong(fetch.position().endOffset())
                    .putLong(fetch.position().lastEpoch()), fetch.known()).putInt(fetch.waitMs());
            case Question.MoreOfSnapshot more -> out.put((byte) 1).putLong(more.lastOffset()).putInt(more.position());
            case Question.Barrier _ -> out.put((byte) 2);
        }
        return bytes(out);
    }

    static Asked decodeQuestion(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            checkVersion(in.get());
            String clusterId = text(in);
            byte kind = in.get();
            return new Asked(clusterId, switch (kind) {
                case 0 -> new Question.Fetch(new LogPosition(in.getLong(), in.getLong()), leader(in), in.getInt());
                case 1 -> new Question.MoreOfSnapshot(in.getLong(), in.getInt());
                case 2 -> new Question.Barrier();
                default -> throw new Unreadable("a question of kind " + kind + "; allowed: 0 to 2");
            });
        } catch (BufferUnderflowException e) {
            throw new Unreadable("a question of " + bytes.length + " bytes is cut off");
        }
    }

    static byte[] encode(Answered answered) {
        byte[] clusterId = answered.clusterId().getBytes(StandardCharsets.UTF_8);
        byte[] host = hostOfLeader(answered).getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + clusterId.length + contentBytes(answered.answer())
                + host.length);
        putText(out.put(VERSION), clusterId);
        putLeader(out, answered.leadership());
        switch (answered.answer()) {
            case Answer.Batches batches -> put(out.put((byte) 0), batches.batches());
            case Answer.SnapshotPart part -> out.put((byte) 1)
                    .putLong(part.lastOffset())
                    .putLong(part.lastEpoch())
                    .putInt(part.sizeBytes())
                    .putInt(part.position())
                    .put(part.bytes().duplicate());
            case Answer.UpTo upTo -> out.put((byte) 2).putLong(upTo.lastOffset());
            case Answer.OtherCluster _ -> out.put((byte) 3);
            case Answer.Diverged diverged -> out.put((byte) 4).putLong(diverged.epoch());
            case Answer.Unable _ -> out.put((byte) 5);
        }
        Voter leader = answered.leader();
        if (0 < host.length && leader != null) {
            putText(out, host);
            out.putInt(leader.port());
        }
        return bytes(out);
    }

    /// A part of a snapshot goes to the end of its bytes.
    private static String hostOfLeader(Answered answered) {
        Voter leader = answered.leader();
        return leader == null || answered.answer() instanceof Answer.SnapshotPart ? "" : leader.host();
    }

    private static int contentBytes(Answer answer) {
        return switch (answer) {
            case Answer.Batches batches -> batches.batches().stream().mapToInt(FollowerCodec::batchBytes).sum();
            case Answer.SnapshotPart part -> part.bytes().remaining();
            case Answer.UpTo _,Answer.OtherCluster _,Answer.Diverged _,Answer.Unable _ -> 0;
        };
    }

    private static int batchBytes(CommittedBatch batch) {
        return BATCH_BYTES + Integer.BYTES * batch.records().size() + Math.toIntExact(batch.sizeBytes());
    }

    private static void put(ByteBuffer out, List<CommittedBatch> batches) {
        out.putInt(batches.size());
        for (CommittedBatch batch : batches) {
            out.putLong(batch.epoch()).putLong(batch.firstOffset()).putInt(batch.records().size());
            for (byte[] each : batch.records()) {
                out.putInt(each.length).put(each);
            }
        }
    }

    static Answered decodeAnswer(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            checkVersion(in.get());
            String clusterId = text(in);
            Leadership leadership = leader(in);
            byte kind = in.get();
            Answer answer = switch (kind) {
                case 0 -> new Answer.Batches(batches(in));
                case 1 -> new Answer.SnapshotPart(in.getLong(), in.getLong(), in.getInt(), in.getInt(),
                        in.slice());
                case 2 -> new Answer.UpTo(in.getLong());
                case 3 -> new Answer.OtherCluster();
                case 4 -> new Answer.Diverged(in.getLong());
                case 5 -> new Answer.Unable();
                default -> throw new Unreadable("an answer of kind " + kind + "; allowed: 0 to 5");
            };
            boolean isLeaderSaid = in.hasRemaining() && !(answer instanceof Answer.SnapshotPart)
                    && 0 <= leadership.leaderId();
            return new Answered(clusterId, leadership, answer,
                    isLeaderSaid ? new Voter(leadership.leaderId(), text(in), in.getInt()) : null);
        } catch (BufferUnderflowException e) {
            throw new Unreadable("an answer of " + bytes.length + " bytes is cut off");
        }
    }

    private static List<CommittedBatch> batches(ByteBuffer in) {
        int count = count(in, BATCH_BYTES);
        List<CommittedBatch> batches = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long epoch = in.getLong();
            long firstOffset = in.getLong();
            int recordCount = count(in, Integer.BYTES);
            List<byte[]> records = new ArrayList<>(recordCount);
            for (int j = 0; j < recordCount; j++) {
                records.add(bytes(in, in.getInt()));
            }
            batches.add(new CommittedBatch(epoch, firstOffset, records));
        }
        return batches;
    }

    /// Checked against what is left before memory is reserved.
    private static int count(ByteBuffer in, int minBytesOfEach) {
        int count = in.getInt();
        if (count < 0 || in.remaining() / minBytesOfEach < count) {
            throw new BufferUnderflowException();
        }
        return count;
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        if (length < 0 || in.remaining() < length) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static byte[] bytes(ByteBuffer out) {
        out.flip();
        return bytes(out, out.remaining());
    }

    private static ByteBuffer putLeader(ByteBuffer out, Leadership leadership) {
        return out.putInt(leadership.leaderId()).putLong(leadership.epoch());
    }

    private static Leadership leader(ByteBuffer in) {
        return new Leadership(in.getInt(), in.getLong(), false);
    }

    private static void putText(ByteBuffer out, byte[] text) {
        out.putShort((short) text.length).put(text);
    }

    private static String text(ByteBuffer in) {
        return new String(bytes(in, in.getShort()), StandardCharsets.UTF_8);
    }

    private static void checkVersion(byte version) {
        if (version != VERSION) {
            throw new Unreadable("version " + version + "; allowed: " + VERSION);
        }
    }
}
