package io.girok.record;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One record of a log. Key and value may be views of the batch's memory: copy what outlives it. Immutable, if the
/// buffers are left alone.
///
/// @param timestamp milliseconds since the Unix epoch, -1 for none
@SuppressWarnings("JavaLangClash") // the domain's word, which every reader of this package expects
public record Record(long offset, long timestamp, @Nullable ByteBuffer key, @Nullable ByteBuffer value,
        List<RecordHeader> headers) {}
