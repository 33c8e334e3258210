package io.girok.log;

import io.girok.base.FileSlice;
import java.util.List;

/// What a read gave. Immutable.
public sealed interface ReadResult {
    /// Batches from the one that holds the offset on; the last may be cut short by the size limit. Empty at the end.
    ///
    /// @param slices to be released by whoever takes them
    record Data(List<FileSlice> slices, int sizeInBytes) implements ReadResult {
        static final Data EMPTY = new Data(List.of(), 0);

        public boolean isEmpty() {
            return sizeInBytes == 0;
        }

        /// Gives every file handle back.
        public void release() {
            for (FileSlice slice : slices) {
                slice.release();
            }
        }
    }

    /// The log has no such offset.
    record OutOfRange(long startOffset, long endOffset) implements ReadResult {}
}
