package io.girok.log;

import java.io.IOException;

/// What is stored is not what was written, in a place that may hold acknowledged records: the partition goes offline,
/// nothing is deleted. Immutable.
final class CorruptLog extends IOException {
    CorruptLog(String message) {
        super(message);
    }
}
