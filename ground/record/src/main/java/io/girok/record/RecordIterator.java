package io.girok.record;

import java.util.Iterator;
import java.util.NoSuchElementException;

/// The records of one batch, in order; any step may throw [InvalidBatch]. Not thread-safe; must be closed.
public final class RecordIterator implements Iterator<Record>, AutoCloseable {
    private final RecordBatch batch;
    private final RecordReader reader;
    private final int count;

    RecordIterator(RecordBatch batch, long maxUnpackedBytes) {
        this.batch = batch;
        this.reader = batch.reader(maxUnpackedBytes);
        this.count = batch.recordCount();
    }

    @Override
    public boolean hasNext() {
        return reader.index() + 1 < count;
    }

    @Override
    public Record next() {
        if (!hasNext()) {
            throw new NoSuchElementException("batch has " + count + " records");
        }
        return reader.read(batch);
    }

    @Override
    public void close() {
        reader.close();
    }
}
