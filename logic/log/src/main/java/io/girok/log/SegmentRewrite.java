package io.girok.log;

import io.girok.base.Disk;
import io.girok.files.FileNames;
import io.girok.record.BatchWalk;
import io.girok.record.RecordBatch;
import io.girok.record.producer.AbortedTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is left of some segments, in files of its own until it takes their place. Owned by the cleaner's thread up to
/// [#replace] or [#discard], by the partition's shard from then on.
public final class SegmentRewrite {
    private static final Logger LOGGER = LoggerFactory.getLogger(SegmentRewrite.class);

    private final CleaningPlan plan;
    private final List<ClosedSegment> group;
    private final Segment segment;
    private final Disk disk;
    private final int indexIntervalBytes;

    SegmentRewrite(CleaningPlan plan, List<ClosedSegment> group) throws IOException {
        this.plan = plan;
        this.group = List.copyOf(group);
        this.indexIntervalBytes = plan.settings().roll().indexIntervalBytes();
        Segments segments = plan.log().segments();
        this.disk = segments.environment().disk();
        long baseOffset = group.getFirst().baseOffset();
        this.segment = Segment.fresh(segments.directory(), baseOffset, FileNames.CLEANED, segments.environment());
        Path oldAborted = segments.directory().resolve(FileNames.of(baseOffset, FileNames.TRANSACTION_INDEX));
        for (LogFile file : segment.files()) {
            // An index that is not there would leave its predecessor in its place.
            boolean isAborted = file == segment.transactionIndex().entries().file();
            if (!isAborted || disk.exists(oldAborted) || disk.exists(file.path())) {
                file.truncate(0);
            }
        }
    }

    CleaningPlan plan() {
        return plan;
    }

    List<ClosedSegment> group() {
        return group;
    }

    Segment segment() {
        return segment;
    }

    /// Bytes written so far.
    public int sizeInBytes() throws IOException {
        return segment.size();
    }

    /// Writes whole batches after those that were written before.
    public void write(ByteBuffer batches) throws IOException {
        int shift = segment.size() - batches.position();
        segment.write(batches.duplicate());
        BatchWalk walk = BatchWalk.of(batches.duplicate());
        for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) {
            segment.note(batch, shift + batch.position(), indexIntervalBytes);
        }
    }

    /// Takes note of an aborted transaction whose marker was written.
    public void add(AbortedTransaction aborted) throws IOException {
        segment.transactionIndex().append(aborted);
    }

    /// Makes the files durable, under names that the next start removes. Blocks.
    public void finish() throws IOException {
        segment.finish();
        for (LogFile file : segment.files()) {
            if (disk.exists(file.path())) {
                file.sync();
            }
        }
        segment.close();
        segment.markLogClean();
        segment.takeNew();
        segment.takeDirtyIndexes();
        disk.syncDirectory(plan.log().segments().directory());
        if (plan.log().marks().checkpointedRecoveryPoint() < group.getLast().endOffset()) {
            // Recovery, which wants every batch that was ever written, never comes to cleaned segments.
            plan.log().home().marks().save(List.of(plan.name()));
        }
    }

    /// Puts the files in the place of the segments they were made of.
    ///
    /// @param onDone told on the partition's shard: false when the segments are not in the log any more
    public void replace(Consumer<Boolean> onDone) {
        plan.log().store().shard().execute(() -> plan.log().begin(this, onDone));
    }

    /// Removes the files. Blocks shortly; what cannot be removed goes at the next start.
    public void discard() {
        try {
            segment.close();
            for (LogFile file : segment.files()) {
                disk.delete(file.path());
            }
        } catch (IOException e) {
            LOGGER.debug("log '{}': {}; removed at the next start", plan.name(), e.getMessage());
        }
    }
}
