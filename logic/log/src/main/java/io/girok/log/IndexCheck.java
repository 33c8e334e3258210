package io.girok.log;

import io.girok.files.FileNames;
import io.girok.log.SegmentInspector.Batch;
import io.girok.log.SegmentInspector.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Holds the entries of one index against the batches of its segment, which pass by in order. Used by one thread.
///
/// The first thing that is wrong is told, and how much more there is: one lost batch makes a thousand entries wrong.
final class IndexCheck {
    /// @param offset of the batch that the entry is about
    /// @param value what it says of that batch
    private record Entry(long offset, long value) {}

    /// What an entry says of a batch, and whether it is so.
    private interface Truth {
        boolean holds(Entry entry, Batch batch);
    }

    private final SegmentInspector segment;
    private final String ending;
    private final int entryBytes;
    private final String saying;
    private final Truth truth;
    private final List<Entry> entries;
    private int next;
    private @Nullable Problem first;
    private int count;

    private IndexCheck(SegmentInspector segment, String ending, int entryBytes, String saying, List<Entry> entries,
            Truth truth) {
        this.segment = segment;
        this.ending = ending;
        this.entryBytes = entryBytes;
        this.saying = saying;
        this.entries = entries;
        this.truth = truth;
    }

    /// Of every index that the segment has.
    static List<IndexCheck> of(SegmentInspector segment) {
        List<Entry> offsets = new ArrayList<>();
        segment.offsetIndex().forEach(entry -> offsets.add(new Entry(entry.offset(), entry.position())));
        List<Entry> times = new ArrayList<>();
        segment.timeIndex().forEach(entry -> times.add(new Entry(entry.offset(), entry.timestamp())));
        List<Entry> aborted = new ArrayList<>();
        segment.abortedTransactions().forEach(entry -> aborted.add(new Entry(entry.lastOffset(), entry.producerId())));
        List<IndexCheck> checks = List.of(
                new IndexCheck(segment, FileNames.OFFSET_INDEX, OffsetIndex.ENTRY_BYTES, "position", offsets,
                        (entry, batch) -> batch.lastOffset() == entry.offset && batch.position() == entry.value),
                new IndexCheck(segment, FileNames.TIME_INDEX, TimeIndex.ENTRY_BYTES, "timestamp", times,
                        (entry, batch) -> batch.maxTimestamp() == entry.value),
                new IndexCheck(segment, FileNames.TRANSACTION_INDEX, TransactionIndex.ENTRY_BYTES, "producer", aborted,
                        (entry, batch) -> batch.isControl() && batch.producerId() == entry.value));
        checks.forEach(IndexCheck::checkFile);
        return checks;
    }

    private void checkFile() {
        // A part of an entry at the end is what a crash or a full disk leaves; it is read by nobody and goes with the
        // next entry.
        int size = segment.bytes(ending).remaining();
        for (int index = 0; index < size / entryBytes; index++) {
            Entry entry = entries.get(index);
            boolean isTime = ending.equals(FileNames.TIME_INDEX);
            if (0 < index && entry.offset <= entries.get(index - 1).offset) {
                note(index * entryBytes, "offset " + entry.offset + " is not above " + entries.get(index - 1).offset);
            } else if (0 < index && isTime && entry.value <= entries.get(index - 1).value) {
                note(index * entryBytes, "timestamp " + entry.value + " is not above " + entries.get(index - 1).value);
            }
        }
        if (ending.equals(FileNames.TRANSACTION_INDEX)) {
            for (int position = 0; position + entryBytes <= size; position += entryBytes) {
                if (segment.bytes(ending).getShort(position) != 0) {
                    note(position, "entry of version " + segment.bytes(ending).getShort(position));
                }
            }
        }
    }

    /// The next batch of the segment.
    void pass(Batch batch) {
        while (next < entries.size() && entries.get(next).offset < batch.baseOffset()) {
            noteMissing();
        }
        while (next < entries.size() && entries.get(next).offset <= batch.lastOffset()) {
            if (truth.holds(entries.get(next), batch)) {
                next++;
            } else {
                noteMissing();
            }
        }
    }

    /// What is wrong, after the last batch.
    Optional<Problem> end() {
        while (next < entries.size()) {
            noteMissing();
        }
        Problem found = first;
        if (found == null || count == 1) {
            return Optional.ofNullable(found);
        }
        return Optional
                .of(new Problem(found.file(), found.position(), found.what() + ", and " + (count - 1) + " more"));
    }

    private void noteMissing() {
        Entry entry = entries.get(next);
        note(next * entryBytes, "no batch of offset " + entry.offset + " has the " + saying + " " + entry.value);
        next++;
    }

    private void note(int position, String what) {
        count++;
        if (first == null) {
            first = segment.problem(ending, position, what);
        }
    }
}
