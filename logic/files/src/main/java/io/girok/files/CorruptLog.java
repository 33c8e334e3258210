package io.girok.files;

import java.io.IOException;

/// What is stored is not what was written, in a place that may hold acknowledged records: the partition goes offline,
/// nothing is deleted. Immutable.
public final class CorruptLog extends IOException {
    public CorruptLog(String message) {
        super(message);
    }
}
