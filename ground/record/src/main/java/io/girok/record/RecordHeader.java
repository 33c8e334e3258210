package io.girok.record;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A named value beside a record's key and value. Immutable, if the buffer is left alone.
public record RecordHeader(String key, @Nullable ByteBuffer value) {}
